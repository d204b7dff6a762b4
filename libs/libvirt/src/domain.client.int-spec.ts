import { randomUUID } from 'node:crypto';
import { LibvirtClient } from './libvirt.client';
import { LibvirtErrorCode } from './libvirt-error.codes';
import { DomainEventRecorder } from './testing/domain-event.recorder';
import { GuestDomain, guestDomain } from './testing/guest.domain';
import { labSocketPath } from './testing/lab.socket';

describe('DomainClient on a real libvirtd', () => {
  const client = new LibvirtClient({ socketPath: labSocketPath() });
  const recorder = new DomainEventRecorder(client);
  let guest: GuestDomain;

  beforeAll(() => client.connect());
  afterAll(() => client.close());
  beforeEach(() => {
    guest = guestDomain();
  });
  afterEach(async () => {
    await client.domains.destroy(guest.uuid).catch(() => undefined);
    await client.domains.undefine(guest.uuid).catch(() => undefined);
  });

  const lifecycle = (event: string, detail: string): Promise<unknown> =>
    recorder.next({ type: 'lifecycle', uuid: guest.uuid, event, detail });

  it('takes a transient domain from start to end, and tells of each step', async () => {
    const { uuid, name } = guest;
    await expect(client.domains.create(guest.xml)).resolves.toEqual({ uuid, name, id: expect.any(Number) as number });
    await lifecycle('started', 'booted');
    await expect(client.domains.state(uuid)).resolves.toEqual({ state: 'running', reason: 'booted' });
    await client.domains.suspend(uuid);
    await lifecycle('suspended', 'paused');
    await expect(client.domains.state(uuid)).resolves.toEqual({ state: 'paused', reason: 'user' });
    await client.domains.resume(uuid);
    await lifecycle('resumed', 'unpaused');
    await client.domains.destroy(uuid);
    await lifecycle('stopped', 'destroyed');
    await expect(client.domains.lookup(uuid)).rejects.toMatchObject({ code: LibvirtErrorCode.NO_DOMAIN });
  });

  it('starts paused when asked', async () => {
    await client.domains.create(guest.xml, { paused: true });
    await expect(client.domains.state(guest.uuid)).resolves.toEqual({ state: 'paused', reason: 'user' });
  });

  it('keeps a defined domain when it stops', async () => {
    const { uuid, name } = guest;
    await expect(client.domains.define(guest.xml)).resolves.toEqual({ uuid, name, id: null });
    await lifecycle('defined', 'added');
    await client.domains.start(uuid);
    await expect(client.domains.start(uuid)).rejects.toMatchObject({ code: LibvirtErrorCode.OPERATION_INVALID });
    await client.domains.destroy(uuid, { graceful: true });
    await expect(client.domains.state(uuid)).resolves.toEqual({ state: 'shutoff', reason: 'destroyed' });
    await expect(client.domains.destroy(uuid)).rejects.toMatchObject({ code: LibvirtErrorCode.OPERATION_INVALID });
    await client.domains.undefine(uuid, { removeManagedSave: true, removeNvram: true });
    await lifecycle('undefined', 'removed');
    await expect(client.domains.lookup(uuid)).rejects.toMatchObject({ code: LibvirtErrorCode.NO_DOMAIN });
  });

  it('lists domains that run and domains that do not, with their states', async () => {
    const stored = guestDomain();
    await client.domains.define(stored.xml);
    await client.domains.create(guest.xml);
    const domains = await client.domains.list();
    await client.domains.undefine(stored.uuid);
    expect(domains).toContainEqual({ uuid: stored.uuid, name: stored.name, id: null, state: 'shutoff', reason: 'unknown' });
    expect(domains).toContainEqual({
      uuid: guest.uuid,
      name: guest.name,
      id: expect.any(Number) as number,
      state: 'running',
      reason: 'booted',
    });
  });

  it('shows what runs and what is stored', async () => {
    await client.domains.define(guest.xml);
    await client.domains.start(guest.uuid);
    await expect(client.domains.xml(guest.uuid)).resolves.toMatch(/<domain type='qemu' id='\d+'>/);
    const stored = await client.domains.xml(guest.uuid, { inactive: true });
    expect(stored).toMatch(/<domain type='qemu'>/);
    expect(stored).toContain(`<uuid>${guest.uuid}</uuid>`);
    await expect(client.domains.xml(guest.uuid, { migratable: true })).resolves.toContain(guest.name);
  });

  it('measures memory, CPUs and blocks', async () => {
    await client.domains.create(guest.xml);
    const memoryBytes = 64 * 1024 * 1024;
    const resources = await client.domains.resources(guest.uuid);
    expect(resources).toMatchObject({ state: 'running', maxMemoryBytes: memoryBytes, memoryBytes, vcpus: 1 });
    expect(resources.cpuTimeNs).toBeGreaterThan(0n);
    const all = await client.domains.statistics(['state', 'cpu', 'balloon', 'vcpu', 'block', 'interface']);
    const fields = all.find(({ uuid }) => uuid === guest.uuid)?.fields;
    expect(fields?.get('state.state')).toBe(1);
    expect(fields?.get('balloon.current')).toBe(65_536n);
    expect(fields?.get('block.count')).toBe(0);
  });

  it('asks the guest to power off and to start again', async () => {
    await client.domains.create(guest.xml);
    await client.domains.shutdown(guest.uuid, { by: 'acpi' });
    await expect(client.domains.state(guest.uuid)).resolves.toMatchObject({ state: 'running' });
    await expect(client.domains.shutdown(guest.uuid, { by: 'agent' })).rejects.toMatchObject({ name: 'LibvirtError' });
    await client.domains.reboot(guest.uuid);
    await client.domains.reset(guest.uuid);
    await expect(client.domains.agentCommand(guest.uuid, '{"execute":"guest-ping"}')).rejects.toMatchObject({
      name: 'LibvirtError',
      procedure: 'QEMU_DOMAIN_AGENT_COMMAND',
    });
  });

  it("gives libvirt's code and message for a domain that is not there, whatever is asked of it", async () => {
    const uuid = randomUUID();
    const { domains, devices } = client;
    const calls = [
      domains.lookup(uuid),
      domains.start(uuid),
      domains.undefine(uuid),
      domains.destroy(uuid),
      domains.shutdown(uuid),
      domains.reboot(uuid),
      domains.reset(uuid),
      domains.suspend(uuid),
      domains.resume(uuid),
      domains.xml(uuid),
      domains.state(uuid),
      domains.resources(uuid),
      domains.agentCommand(uuid, '{}'),
      devices.attach(uuid, '<disk/>'),
      devices.detach(uuid, '<disk/>'),
      devices.detachAlias(uuid, 'ua-1'),
      devices.update(uuid, '<disk/>'),
      devices.blockResize(uuid, 'sda', 1),
      devices.blockInfo(uuid, 'sda'),
      devices.blockStatistics(uuid, 'sda'),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'LibvirtError', code: 42, codeName: 'NO_DOMAIN', domain: 10 } });
      expect(String((outcome as PromiseRejectedResult).reason)).toContain(uuid);
    }
  });

  it('refuses bad input with an error of its own', async () => {
    await expect(client.domains.create('<domain')).rejects.toMatchObject({ name: 'LibvirtError', code: LibvirtErrorCode.XML_DETAIL });
    await expect(client.domains.create('<domain type="qemu"/>')).rejects.toMatchObject({ name: 'LibvirtError' });
    await expect(client.domains.lookup('not-a-uuid')).rejects.toThrow("'not-a-uuid' is not a UUID");
    await expect(client.domains.create('x'.repeat(5 * 1024 * 1024))).rejects.toMatchObject({ name: 'XdrError' });
  });

  it('will not have the same domain twice', async () => {
    await client.domains.create(guest.xml);
    await expect(client.domains.create(guest.xml)).rejects.toMatchObject({ code: LibvirtErrorCode.OPERATION_INVALID });
  });

  it('answers 200 calls at once, each with its own answer', async () => {
    await client.domains.create(guest.xml);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? client.domains.xml(guest.uuid) : client.node.hostname())),
    );
    expect(answers.filter((answer) => answer.includes(guest.uuid))).toHaveLength(100);
    expect(new Set(answers).size).toBe(2);
  });

  it('ends a domain with the connection that it was bound to', async () => {
    const owner = new LibvirtClient({ socketPath: labSocketPath() });
    await owner.connect();
    await owner.domains.create(guest.xml, { autodestroy: true });
    await owner.close();
    await lifecycle('stopped', 'destroyed');
  });
});
