import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { EventKind } from '../events/event.kinds';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { HostNicClient } from './host-nic.client';
import { networkOfProfile, nicDefinition } from './nic.definition';
import { NIC_INTERFACES, Nic } from './nic.entity';
import { refuseUsedNicName } from './nic.rules';

const settings = z.object({
  name: z.string(),
  interface: z.enum(NIC_INTERFACES),
  mac: z.string(),
  vnicProfileId: z.string().nullable(),
  linked: z.boolean(),
  plugged: z.boolean(),
});

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  nicId: z.string(),
  macPoolId: z.string(),
  hostId: z.string(),
  hostName: z.string(),
  /** Null if the interface is new. */
  before: settings.nullable(),
  /** Null if it is to be removed. */
  after: settings.nullable(),
});

/** All of an interface that clients set. */
export type NicSettings = z.infer<typeof settings>;

/** What `change-nic` is started with: an interface of a running VM, as it was and as it is to be. */
export type ChangeNic = z.infer<typeof state>;

type Doing = 'plug' | 'unplug' | 'update';

const doing = ({ before, after }: ChangeNic): Doing => {
  if (!after?.plugged) return 'unplug';
  return before?.plugged ? 'update' : 'plug';
};

const DONE: Record<Doing, { kind: EventKind; failed: EventKind; job: string; word: string }> = {
  plug: { kind: 'NIC_PLUGGED', failed: 'NIC_PLUG_FAILED', job: 'Hot Plugging', word: 'plugged to' },
  unplug: { kind: 'NIC_UNPLUGGED', failed: 'NIC_UNPLUG_FAILED', job: 'Hot Unplugging', word: 'unplugged from' },
  update: { kind: 'NIC_UPDATED', failed: 'NIC_UPDATE_FAILED', job: 'Changing', word: 'updated in' },
};

const nameOf = ({ before, after }: ChangeNic): string => (after ?? before)?.name ?? '';

/**
 * Changes what a running guest sees of an interface. The row has its new settings from the start, so that nobody else takes its name or
 * address; whether it is plugged in says the row when libvirt has shown it.
 */
@Injectable()
export class ChangeNicSaga implements Saga<ChangeNic> {
  readonly name = 'change-nic';
  readonly state = state;

  readonly steps: readonly Step<ChangeNic>[] = [
    { kind: 'transaction', name: 'lock the interface', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    {
      kind: 'call',
      name: 'change the interface on the host',
      within: '40s',
      run: (at, ctx) => this.bring(at, ctx),
      undo: (at, ctx) => this.bringBack(at, ctx),
    },
    { kind: 'transaction', name: 'note the change', run: (at, tx) => this.note(at, tx) },
  ];

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly hosts: HostNicClient,
  ) {}

  describe(at: ChangeNic): string {
    return `${DONE[doing(at)].job} Interface ${nameOf(at)} of VM ${at.vmName}`;
  }

  async ended(at: ChangeNic, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const { vmId, vmName } = at;
    const text = `Failed to ${doing(at)} interface ${nameOf(at)} of VM ${vmName}: ${outcome.reason}`;
    await this.events.record(DONE[doing(at)].failed, text, { vmId }, tx);
  }

  async stuck(at: ChangeNic, reason: string, tx: EntityManager): Promise<void> {
    const { vmId, vmName } = at;
    const text = `The change of the interface ${nameOf(at)} of VM ${vmName} can neither be finished nor taken back yet: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId }, tx);
  }

  private async lock({ nicId: id, vmId, macPoolId, before, after }: ChangeNic, tx: EntityManager): Promise<void> {
    const locked = { plugged: before?.plugged ?? false, status: 'locked' as const };
    if (!before) await tx.insert(Nic, { ...after, id, vmId, macPoolId, ...locked }).catch(refuseUsedNicName('add'));
    else await tx.update(Nic, { id }, { ...after, ...locked }).catch(refuseUsedNicName('edit'));
  }

  private async unlock({ nicId: id, before }: ChangeNic, tx: EntityManager): Promise<void> {
    if (before) await tx.update(Nic, { id }, { ...before, status: 'ok' });
    else await tx.delete(Nic, { id });
  }

  private async bring(at: ChangeNic, { operationId }: StepContext): Promise<void> {
    if (at.after?.plugged) await this.hosts.plug({ ...at, operationId }, await this.definition(at, at.after));
    else await this.hosts.ensureUnplugged({ ...at, operationId });
  }

  private async bringBack(at: ChangeNic, { operationId }: StepContext): Promise<void> {
    if (at.before?.plugged) await this.hosts.ensurePlugged({ ...at, operationId }, await this.definition(at, at.before));
    else await this.hosts.ensureUnplugged({ ...at, operationId });
  }

  private async definition({ nicId, hostId }: ChangeNic, wanted: NicSettings) {
    const { capabilities } = await this.db.findOneByOrFail(Host, { id: hostId });
    return nicDefinition(nicId, wanted, await networkOfProfile(this.db, wanted.vnicProfileId), capabilities);
  }

  private async note(at: ChangeNic, tx: EntityManager): Promise<void> {
    const { nicId: id, vmId, hostId, vmName, before, after } = at;
    if (after) await tx.update(Nic, { id }, { plugged: after.plugged, status: 'ok' });
    else await tx.delete(Nic, { id });
    const tell = (kind: EventKind, word: string) =>
      this.events.record(kind, `Interface ${nameOf(at)} was ${word} VM ${vmName}.`, { vmId, hostId }, tx);
    if (!before) await tell('NIC_ADDED', 'added to');
    await tell(DONE[doing(at)].kind, DONE[doing(at)].word);
    if (!after) await tell('NIC_REMOVED', 'removed from');
  }
}
