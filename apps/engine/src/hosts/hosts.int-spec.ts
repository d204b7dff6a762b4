import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { ComputeFixture, GIB, ORIGIN, capabilities } from '../vms/testing/compute.fixture';
import { Vm } from '../vms/vm.entity';
import { Host } from './host.entity';

let compute: ComputeFixture;
let heard: [string, string][];
const KEY = '11111111-1111-4111-8111-111111111111';
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
const statusOf = async (id: string) => (await compute.db.findOneByOrFail(Host, { id })).status;
const beat = (name: string, changes: object = {}) =>
  compute.membership.beat(name, {
    bootId: 'boot-1',
    agentRunId: `run-of-${name}`,
    libvirtConnected: true,
    memoryFreeBytes: GIB,
    secretsVersion: 1,
    secretUuids: [KEY],
    ...changes,
  });

beforeAll(async () => {
  compute = await ComputeFixture.create();
  compute.signals.on('present', (id, how) => heard.push([id, how]));
});
afterAll(() => compute?.close());
beforeEach(async () => {
  heard = [];
  await compute.clear();
});

describe('joining', () => {
  it('registers a new host in the cluster Default, up', async () => {
    const id = await compute.host('a');
    expect(await compute.db.findOneByOrFail(Host, { id })).toMatchObject({
      name: 'a',
      status: 'up',
      clusterId: await compute.clusterId(),
      secretUuids: [],
    });
    expect(await compute.eventTexts()).toEqual(['Host a is up.']);
    expect(heard).toEqual([[id, 'joined']]);
  });

  it('is one host, however often and however simultaneously it joins', async () => {
    const ids = await Promise.all([compute.host('a'), compute.host('a'), compute.host('a')]);
    expect(new Set(ids).size).toBe(1);
    expect(await compute.db.count(Host)).toBe(1);
  });

  it('takes over what has changed, and keeps the rest', async () => {
    const id = await compute.host('a');
    await beat('a');
    await compute.hosts.update(id, { comment: 'rack 3' });
    await compute.host('a', { address: '10.0.0.9' });
    expect(await compute.db.findOneByOrFail(Host, { id })).toMatchObject({ address: '10.0.0.9', comment: 'rack 3', secretUuids: [KEY] });
    expect(await compute.eventTexts()).toEqual(['Host a is up.']);
  });

  it('knows a restarted host by its boot id, and that its secrets are gone', async () => {
    const id = await compute.host('a');
    await beat('a');
    await compute.host('a', { bootId: 'boot-2' });
    expect(await compute.db.findOneByOrFail(Host, { id })).toMatchObject({ secretUuids: [] });
    expect(await compute.eventTexts()).toContain('Host a was restarted.');
    expect(heard.at(-1)).toEqual([id, 'restarted']);
  });

  it('refuses a host that calls itself by another name than it may', async () => {
    await expect(compute.membership.join('a', { ...capabilities('b'), agentRunId: 'r' })).rejects.toThrow(ConflictError);
    expect(await compute.db.count(Host)).toBe(0);
  });
});

describe('heartbeats', () => {
  it('note memory and secrets, and count only from the agent that joined last', async () => {
    const id = await compute.host('a');
    await beat('a', { memoryFreeBytes: 5 });
    await beat('a', { memoryFreeBytes: 6, agentRunId: 'an earlier run' });
    await beat('unknown');
    expect(await compute.db.findOneByOrFail(Host, { id })).toMatchObject({ memoryFreeBytes: 5, secretUuids: [KEY] });
  });

  it('bring a silent host and its VMs down to unknown, and the host back', async () => {
    const [id, other] = [await compute.host('a'), await compute.host('b')];
    const vm = await compute.vm('web');
    await compute.power.start(vm.id, {}, ORIGIN);
    await compute.db.update(Vm, { id: vm.id }, { status: 'up' });
    await compute.db.update(Host, { id }, { heartbeatAt: new Date(Date.now() - 60_000) });
    await compute.membership.markSilent(6000);
    expect(await statusOf(id)).toBe('non_responsive');
    expect(await statusOf(other)).toBe('up');
    expect((await compute.vms.get(vm.id)).status).toBe('unknown');
    heard = [];
    await beat('a');
    expect(await statusOf(id)).toBe('up');
    expect(heard).toEqual([[id, 'back']]);
    expect((await compute.eventTexts()).slice(-2)).toEqual(['Host a is non responsive.', 'Host a is up.']);
  });

  it('show a host without libvirt as non_operational until it has it again', async () => {
    const id = await compute.host('a');
    await beat('a', { libvirtConnected: false });
    expect(await statusOf(id)).toBe('non_operational');
    await beat('a');
    expect(await statusOf(id)).toBe('up');
  });
});

describe('maintenance', () => {
  it('is refused while VMs are there, and lasts whatever the agent does', async () => {
    const id = await compute.host('a');
    const vm = await compute.vm('web');
    await compute.power.start(vm.id, {}, ORIGIN);
    expect(await messageOf(compute.hosts.deactivate(id))).toBe(
      'Cannot switch Host to Maintenance mode. The following VMs are on the host: web.',
    );
    await compute.db.update(Vm, { id: vm.id }, { hostId: null, status: 'down' });
    await compute.hosts.deactivate(id);
    await beat('a');
    await compute.host('a');
    expect(await statusOf(id)).toBe('maintenance');
    expect(await messageOf(compute.power.start(vm.id, {}, ORIGIN))).toContain('The host a is maintenance.');
    expect(await messageOf(compute.hosts.deactivate(id))).toBe('Cannot switch Host. Host status is maintenance.');
    await compute.hosts.activate(id);
    await beat('a');
    expect(await statusOf(id)).toBe('up');
  });

  it('and a start never pass each other', async () => {
    const id = await compute.host('a');
    const vm = await compute.vm('web');
    await Promise.allSettled([compute.power.start(vm.id, {}, ORIGIN), compute.hosts.deactivate(id)]);
    const { status, hostId } = await compute.vms.get(vm.id);
    expect([await statusOf(id), status, hostId]).toEqual(status === 'down' ? ['maintenance', 'down', null] : ['up', 'wait_for_launch', id]);
  });

  it('comes before removal', async () => {
    const id = await compute.host('a');
    expect(await messageOf(compute.hosts.remove(id))).toBe('Cannot remove Host. Host status is up.');
    await compute.hosts.deactivate(id);
    await compute.hosts.remove(id);
    await expect(compute.hosts.get(id)).rejects.toThrow(NotFoundError);
  });
});

describe('looking', () => {
  it('finds hosts by what clients search for, and counts what runs there', async () => {
    const id = await compute.host('a');
    await compute.host('b');
    const vm = await compute.vm('web', { memory: 2 * GIB });
    await compute.power.start(vm.id, {}, ORIGIN);
    const search = async (text: string) =>
      (await compute.hosts.list({ search: text, max: undefined, caseSensitive: false })).map(({ host }) => host.name);
    expect(await search('name=a and status="up" and cluster=Default and datacenter=Default')).toEqual(['a']);
    expect(await search('sortby name desc')).toEqual(['b', 'a']);
    expect((await compute.hosts.get(id)).load).toEqual({ hostId: id, active: 0, total: 1, memoryBytes: 2 * GIB + 65 * 1_048_576 });
  });
});
