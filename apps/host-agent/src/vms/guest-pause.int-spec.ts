import { LibvirtClient } from '@clinker/libvirt';
import { PrivateLibvirtd } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { TestAgent } from '../testing/agent.testing';
import { sampleVm } from '../testing/definitions.testing';

jest.setTimeout(120_000);

/** A time (ms) that no test lives to see the end of. */
const LONG_MS = 600_000;

describe('pausing a guest on a real libvirt', () => {
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;
  let libvirt: LibvirtClient;
  let vmId: string;

  beforeAll(async () => {
    await libvirtd.start();
    agent = await TestAgent.create(libvirtd);
    await agent.start();
    libvirt = new LibvirtClient({ socketPath: libvirtd.socketPath });
    await libvirt.connect();
  });
  afterAll(async () => {
    await libvirt.close();
    await agent.remove();
    await libvirtd.stop();
  });
  beforeEach(async () => {
    vmId = randomUUID();
    const vm = sampleVm({ vmId, name: vmId, memoryBytes: 2 ** 26 });
    await agent.engine.ensure('ensure-domain-running', { operationId: null, vm });
  });
  afterEach(() => agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId }));

  const stop = (resumeAfterMs = LONG_MS) => agent.engine.ensure('ensure-guest-paused', { operationId: 'op', vmId, resumeAfterMs });
  const goOn = () => agent.engine.ensure('ensure-guest-resumed', { operationId: 'op', vmId });
  const seen = async () => {
    const { domain } = await agent.engine.ask('inspect-domain', { vmId });
    return `${domain.state} ${domain.reason}`;
  };
  const comesTo = async (wanted: string) => {
    while ((await seen()) !== wanted) await pause(50);
  };

  it('stands still, as often as asked, and says that it is for a snapshot, until it may go on', async () => {
    await expect(stop()).resolves.toEqual({ status: 'done', paused: true, reason: '' });
    await expect(stop()).resolves.toMatchObject({ paused: true });
    await expect(libvirt.domains.state(vmId)).resolves.toEqual({ state: 'paused', reason: 'user' });
    await expect(seen()).resolves.toBe('paused snapshot');
    await expect(goOn()).resolves.toEqual({ status: 'done', wasPaused: true });
    await expect(goOn()).resolves.toEqual({ status: 'done', wasPaused: false });
    await expect(seen()).resolves.toBe('running unpaused');
  });

  it('goes on by itself when its time is over', async () => {
    await stop(200);
    await comesTo('running unpaused');
    await expect(goOn()).resolves.toMatchObject({ wasPaused: false });
  });

  it('goes on when the agent comes back that has paused it', async () => {
    await stop();
    await agent.stop();
    await expect(libvirt.domains.state(vmId)).resolves.toMatchObject({ state: 'paused' });
    await agent.start();
    await comesTo('running unpaused');
  });

  it('is left alone if somebody else has paused it', async () => {
    await libvirt.domains.suspend(vmId);
    await expect(stop()).resolves.toEqual({ status: 'done', paused: false, reason: 'the VM is paused (user) already' });
    await expect(goOn()).resolves.toMatchObject({ wasPaused: false });
    await expect(seen()).resolves.toBe('paused user');
  });

  it('is not there', async () => {
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId });
    await expect(stop()).resolves.toMatchObject({ paused: false, reason: expect.stringContaining('Domain not found') as string });
  });
});
