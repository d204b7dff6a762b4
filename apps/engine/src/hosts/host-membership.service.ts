import type { DomainNotice, GuestReport, Heartbeat, NoticeReply, NoticeRequest } from '@clinker/agent-protocol';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Vm } from '../vms/vm.entity';
import { vmStatuses } from '../vms/vm.statuses';
import { HostSignals } from './host-signals';
import { Host, type HostStatus } from './host.entity';

type Joined = NoticeRequest<'joined'>;

const DEFAULT_CLUSTER = 'Default';

/** A host that was fenced stays down until it was seen to be empty. */
const IS_FENCED = (name: string) => `EXISTS (SELECT FROM host_fence WHERE host_name = ${name})`;

const JOIN = `
  INSERT INTO host AS known (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at)
  VALUES ($1, $2, $3, $4, CASE WHEN ${IS_FENCED('$2')} THEN 'down' ELSE 'up' END, $5, $6, clock_timestamp())
  ON CONFLICT (name) DO UPDATE SET address = excluded.address, capabilities = excluded.capabilities, agent_run_id = excluded.agent_run_id,
    heartbeat_at = excluded.heartbeat_at, status = CASE WHEN known.status = 'maintenance' THEN known.status ELSE excluded.status END,
    secret_uuids = CASE WHEN $7 THEN '{}' ELSE known.secret_uuids END
  RETURNING id, status`;

/** One statement, so that a heartbeat is cheap and two at once cannot disagree. A host in maintenance stays there. */
const BEAT = `
  WITH before AS (SELECT id, status FROM host WHERE name = $1 AND agent_run_id = $2 FOR UPDATE)
  UPDATE host SET heartbeat_at = clock_timestamp(), memory_free_bytes = $3, secret_uuids = $4,
    status = CASE WHEN host.status = 'maintenance' THEN host.status WHEN ${IS_FENCED('$1')} THEN 'down' WHEN $5 THEN 'up' ELSE 'non_operational' END
  FROM before WHERE host.id = before.id RETURNING host.id, host.status, before.status AS was`;

const SILENT = `UPDATE host SET status = 'non_responsive' WHERE status IN ('up', 'non_operational', 'initializing')
  AND heartbeat_at < clock_timestamp() - make_interval(secs => $1) RETURNING id, name`;

interface Beaten {
  readonly id: string;
  readonly status: HostStatus;
  readonly was: HostStatus;
}

const GUEST_TOLD = `UPDATE vm SET guest = $3::jsonb FROM host
  WHERE vm.id = $2 AND host.id = vm.host_id AND host.name = $1 AND vm.status <> 'down' AND vm.guest IS DISTINCT FROM $3::jsonb`;

/** Which hosts there are, as their agents tell. */
@Injectable()
export class HostMembershipService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly signals: HostSignals,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  /**
   * Registers a host, or notes that its agent is here again; safe to repeat. A new host goes to the cluster `Default`.
   * @param name the host's name as NATS proved it
   * @throws ConflictError if the host calls itself otherwise, or if there is no cluster
   */
  async join(name: string, joined: Joined): Promise<NoticeReply<'joined'>> {
    if (joined.hostName !== name) throw new ConflictError(`The host ${name} calls itself ${joined.hostName}.`);
    const { id, how } = await this.db.transaction((tx) => this.note(tx, joined));
    this.signals.emit('present', id, how);
    return { hostId: id, heartbeatMs: this.settings.CLINKER_HEARTBEAT };
  }

  /** Notes a sign of life. One of an agent that is not the one that joined last is ignored. */
  async beat(name: string, beat: Heartbeat): Promise<void> {
    const parameters = [name, beat.agentRunId, beat.memoryFreeBytes, beat.secretUuids, beat.libvirtConnected];
    const [[beaten]] = await this.db.query<[Beaten[], number]>(BEAT, parameters);
    if (beaten?.status !== 'up' || beaten.was === 'up') return;
    await this.events.record('HOST_UP', `Host ${name} is up.`, { hostId: beaten.id });
    this.signals.emit('present', beaten.id, 'back');
  }

  /** Passes on that something happened to a domain. */
  domainChanged(name: string, notice: DomainNotice): void {
    this.signals.emit('domain', name, notice);
  }

  /** Keeps what a guest tells of itself: it may tell what it likes, but only of a VM that runs on the host that says so. */
  async guestTold(name: string, { vmId, facts }: GuestReport): Promise<void> {
    await this.db.query(GUEST_TOLD, [name, vmId, facts && JSON.stringify(facts)]);
  }

  /** Calls the hosts non_responsive that have been silent for this long (ms), and their VMs unknown. */
  async markSilent(patienceMs: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const [hosts] = await tx.query<[{ id: string; name: string }[], number]>(SILENT, [patienceMs / 1000]);
      for (const { id, name } of hosts) {
        await this.events.record('HOST_NON_RESPONSIVE', `Host ${name} is non responsive.`, { hostId: id }, tx);
        const vms = await tx.findBy(Vm, { hostId: id });
        const vmIds = vms.map((vm) => vm.id);
        await vmStatuses.move(tx, vmIds, { from: ['up', 'paused'], to: 'unknown', where: { hostId: id } });
      }
    });
  }

  /** @throws NotFoundError */
  async idOf(name: string): Promise<string> {
    const host = await this.db.findOneBy(Host, { name });
    if (!host) throw new NotFoundError('Host', name);
    return host.id;
  }

  private async note(tx: EntityManager, joined: Joined): Promise<{ id: string; how: 'joined' | 'restarted' }> {
    const before = await tx.findOne(Host, { where: { name: joined.hostName }, lock: { mode: 'pessimistic_write' } });
    const restarted = before !== null && before.capabilities.bootId !== joined.bootId;
    const { id, status } = await this.write(tx, joined, restarted);
    if (restarted) await this.events.record('HOST_REBOOTED', `Host ${joined.hostName} was restarted.`, { hostId: id }, tx);
    if (before?.status !== status && status === 'up')
      await this.events.record('HOST_UP', `Host ${joined.hostName} is up.`, { hostId: id }, tx);
    return { id, how: restarted ? 'restarted' : 'joined' };
  }

  /** A restarted host has lost its secrets, whatever it said last. */
  private async write(
    tx: EntityManager,
    { agentRunId, ...capabilities }: Joined,
    restarted: boolean,
  ): Promise<Pick<Host, 'id' | 'status'>> {
    const clusterId = await this.firstCluster(tx);
    const parameters = [
      randomUUID(),
      capabilities.hostName,
      clusterId,
      capabilities.address,
      JSON.stringify(capabilities),
      agentRunId,
      restarted,
    ];
    const [row] = await tx.query<Pick<Host, 'id' | 'status'>[]>(JOIN, parameters);
    if (!row) throw new Error('The database did not answer with the host that it wrote');
    return row;
  }

  private async firstCluster(tx: EntityManager): Promise<string> {
    const clusters = await tx.find(Cluster, { order: { name: 'ASC' } });
    const cluster = clusters.find(({ name }) => name === DEFAULT_CLUSTER) ?? clusters[0];
    if (!cluster) throw new ConflictError('There is no cluster that the host could join.');
    return cluster.id;
  }
}
