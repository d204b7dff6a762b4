import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import { allOf } from '../sagas/all.of';
import { HostFence } from './host-fence.entity';
import { HostSignals } from './host-signals';
import { HostClient } from './host.client';
import { Host } from './host.entity';

const BACK = `SELECT fence.host_name AS name FROM host_fence fence JOIN host ON host.name = fence.host_name WHERE host.heartbeat_at > fence.fenced_at`;

/** Hosts that were confirmed to be off and are back after all: what still runs there is ended before they get anything to run. */
@Injectable()
export class FencedHostClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
    private readonly signals: HostSignals,
    private readonly events: EventsService,
  ) {}

  /** Names of the hosts that were heard since they were fenced. */
  async back(): Promise<string[]> {
    return (await this.db.query<{ name: string }[]>(BACK)).map(({ name }) => name);
  }

  /**
   * Ends what runs there, and takes the host into use again when nothing does any more. One engine does it: another would end what the first
   * has let start there since.
   * @throws HostUnreachableError, AgentError
   */
  async takeBack(hostName: string): Promise<void> {
    const hostId = await this.db.transaction(async (tx) => {
      const fence = await tx.findOne(HostFence, { where: { hostName }, lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } });
      if (!fence) return undefined;
      const found = await this.empty(fence);
      return found === 'busy' ? undefined : this.release(hostName, found, tx);
    });
    if (hostId !== undefined) this.signals.emit('present', hostId, 'back');
  }

  /** @returns the names of the domains that ran, or `busy` if some still end */
  private async empty({ hostName, vmIds }: HostFence): Promise<string[] | 'busy'> {
    const { domains } = await this.hosts.ask(hostName, 'inventory', {});
    const all = new Set([...vmIds, ...domains.map(({ vmId }) => vmId)]);
    const ends = await allOf([...all].map((vmId) => this.hosts.ask(hostName, 'ensure-domain-gone', { operationId: null, vmId })));
    return ends.some(({ status }) => status === 'in_progress') ? 'busy' : domains.map(({ name }) => name);
  }

  private async release(hostName: string, found: readonly string[], tx: EntityManager): Promise<string | undefined> {
    await tx.delete(HostFence, { hostName });
    await tx.update(Host, { name: hostName, status: 'down' }, { status: 'initializing' });
    const host = await tx.findOneBy(Host, { name: hostName });
    if (!host) return undefined;
    const ended = found.length === 0 ? 'Nothing ran there.' : `What still ran there was ended: ${found.join(', ')}.`;
    await this.events.record(
      'HOST_EMPTIED',
      `Host ${hostName} is back after it was confirmed to be off. ${ended}`,
      { hostId: host.id },
      tx,
    );
    return host.id;
  }
}
