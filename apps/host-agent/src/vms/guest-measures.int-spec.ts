import { PrivateLibvirtd } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { TestAgent } from '../testing/agent.testing';
import { sampleVm } from '../testing/definitions.testing';

jest.setTimeout(120_000);

describe('measuring guests on a real libvirt', () => {
  const libvirtd = new PrivateLibvirtd();
  const vmId = randomUUID();
  let agent: TestAgent;

  beforeAll(async () => {
    await libvirtd.start();
    agent = await TestAgent.create(libvirtd);
    await agent.start();
    const vm = sampleVm({ vmId, name: vmId, memoryBytes: 2 ** 26 });
    await agent.engine.ensure('ensure-domain-running', { operationId: null, vm });
  });
  afterAll(async () => {
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId });
    await agent.remove();
    await libvirtd.stop();
  });

  const measure = (...vmIds: string[]) => agent.engine.ask('measure-guests', { vmIds });

  it('tells what those use that are there, and leaves out the others', async () => {
    const { guests } = await measure(vmId, randomUUID());
    expect(guests.map((one) => one.vmId)).toEqual([vmId]);
    expect(guests[0]!.residentBytes).toBeGreaterThan(2 ** 20);
  });

  it('tells what CPU a guest uses while it boots', async () => {
    let used = 0;
    while (used === 0) {
      await agent.engine.ensure('ensure-guest-restarted', { operationId: randomUUID(), vmId, how: 'reset' });
      const { guests } = await measure(vmId);
      used = guests[0]!.cpu.guest + guests[0]!.cpu.hypervisor;
    }
    expect(used).toBeLessThanOrEqual(100);
  });

  it('tells of a guest that has come since, too', async () => {
    const other = randomUUID();
    const vm = sampleVm({ vmId: other, name: other, memoryBytes: 2 ** 26 });
    await measure(vmId);
    await agent.engine.ensure('ensure-domain-running', { operationId: null, vm });
    expect((await measure(vmId, other)).guests.map((one) => one.vmId)).toEqual([vmId, other]);
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: other });
  });

  it('takes one measurement for all who ask at once', async () => {
    const [first, ...others] = await Promise.all([measure(vmId), measure(vmId), measure(vmId)]);
    expect(others).toEqual([first, first]);
  });
});
