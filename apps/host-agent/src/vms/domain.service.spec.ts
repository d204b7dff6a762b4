import { createLogger } from '@clinker/logging';
import { AgentContext } from '../agent.context';
import type { AgentSettings } from '../agent.settings';
import { sampleVm } from '../testing/definitions.testing';
import type { DomainStartService } from './domain-start.service';
import { DomainService } from './domain.service';
import type { Hypervisor } from './hypervisor';
import { KeyedQueue } from './keyed.queue';

/** States that a real libvirt shows for an instant only; all else is in domains.int-spec.ts. */
describe('ensureRunning while the last run ends', () => {
  const vm = sampleVm();
  const did: string[] = [];
  const stateOf = { now: '' };
  const hypervisor = {
    find: async () => ({ report: { vmId: vm.vmId, state: stateOf.now } }),
    destroy: async () => did.push('destroy'),
    report: async () => ({ vmId: vm.vmId, state: 'running' }),
  } as unknown as Hypervisor;
  const starts = { start: async () => did.push('start') } as unknown as DomainStartService;
  const context = new AgentContext({} as AgentSettings, createLogger('test', 'silent'), 'run');
  const service = new DomainService(context, hypervisor, starts, new KeyedQueue());

  beforeEach(() => did.splice(0));

  it.each(['shutting_down', 'crashed', 'shut_off'])('clears a domain that is %s away and starts anew', async (state) => {
    stateOf.now = state;
    await expect(service.ensureRunning(vm)).resolves.toMatchObject({ state: 'running' });
    expect(did).toEqual(['destroy', 'start']);
  });

  it.each(['running', 'paused', 'suspended'])('leaves a domain that is %s alone', async (state) => {
    stateOf.now = state;
    await expect(service.ensureRunning(vm)).resolves.toMatchObject({ state });
    expect(did).toEqual([]);
  });
});
