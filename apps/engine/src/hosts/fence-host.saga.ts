import { messages, renderMessage } from '@clinker/ovirt-api';
import { RetryLater, type Saga, type SagaOutcome, type Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { lockPlacement } from '../vms/placement.service';
import { Vm } from '../vms/vm.entity';
import { HostFence } from './host-fence.entity';
import { HostSignals } from './host-signals';
import { HostClient } from './host.client';
import { Host, type HostStatus } from './host.entity';
import { HostUnreachableError } from './host.errors';

const state = z.object({ hostId: z.string(), hostName: z.string() });

export type FenceHost = z.infer<typeof state>;

/** A host in one of these is heard, or already counts as off. */
const REFUSED: readonly HostStatus[] = ['up', 'down'];

const REFUSAL = { action: 'confirm the reboot of', type: 'Host' };

/**
 * Takes an operator's word that a host is off: from then on nothing runs there, so its VMs are down, and nobody waits for it. Refused while
 * anybody answers for the host. If it comes back with guests, they are ended before it is used again (FencedHostsReconciler).
 */
@Injectable()
export class FenceHostSaga implements Saga<FenceHost> {
  readonly name = 'fence-host';
  readonly state = state;
  readonly pointOfNoReturn = 'note that the host is off';

  readonly steps: readonly Step<FenceHost>[] = [
    { kind: 'transaction', name: 'see whether the host is heard', run: ({ hostId }, tx) => this.refuseHeard(hostId, tx) },
    {
      kind: 'call',
      name: 'make sure that nobody answers for the host',
      within: '30s',
      run: ({ hostName }) => this.refuseAnswering(hostName),
    },
    { kind: 'transaction', name: 'note that the host is off', run: (at, tx) => this.fence(at, tx) },
    { kind: 'call', name: 'wake what waits for the host', run: ({ hostId }) => this.tell(hostId) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly hosts: HostClient,
    private readonly signals: HostSignals,
  ) {}

  describe({ hostName }: FenceHost): string {
    return `Confirming that Host ${hostName} was rebooted`;
  }

  async ended({ hostId, hostName }: FenceHost, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'failed') return;
    const text = `Host ${hostName} was confirmed to be off: its VMs are down.`;
    await this.events.record('HOST_FENCED_BY_HAND', text, { hostId }, tx);
  }

  private async refuseHeard(hostId: string, tx: EntityManager): Promise<void> {
    const known = await tx.findOneBy(Host, { id: hostId });
    if (!known) throw new NotFoundError('Host', hostId);
    await lockPlacement(tx, known.clusterId);
    const host = await tx.findOneOrFail(Host, { where: { id: hostId }, lock: { mode: 'pessimistic_write' } });
    if (REFUSED.includes(host.status))
      throw new ConflictError(renderMessage(messages.HOST_STATUS_ILLEGAL, { ...REFUSAL, status: host.status }));
  }

  private async refuseAnswering(hostName: string): Promise<void> {
    const silent = await this.hosts.isSilent(hostName).catch((cause: unknown) => {
      if (cause instanceof HostUnreachableError)
        throw new RetryLater(`Nobody can be asked for host ${hostName}: ${cause.message}`, { cause });
      throw cause;
    });
    if (!silent) throw new ConflictError(`Cannot confirm the reboot of Host ${hostName}. Its agent answers: nothing has to be confirmed.`);
  }

  /** Not refused any more: the host is either silent, or will be emptied. */
  private async fence({ hostId, hostName }: FenceHost, tx: EntityManager): Promise<void> {
    const host = await tx.findOne(Host, { where: { id: hostId }, lock: { mode: 'pessimistic_write' } });
    if (!host) return;
    const vms = await tx.findBy(Vm, { hostId });
    await tx.upsert(HostFence, { hostName, fencedAt: () => 'clock_timestamp()', vmIds: vms.map(({ id }) => id) }, ['hostName']);
    const status = host.status === 'maintenance' ? host.status : 'down';
    await tx.update(Host, { id: hostId }, { status, secretUuids: [] });
  }

  private async tell(hostId: string): Promise<void> {
    this.signals.emit('fenced', hostId);
  }
}
