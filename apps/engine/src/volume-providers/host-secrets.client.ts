import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { HostClient } from '../hosts/host.client';
import { Host } from '../hosts/host.entity';
import { HostSecretsService } from './host-secrets.service';

/** Gives hosts their secrets. For sagas and reconcilers. */
@Injectable()
export class HostSecretsClient {
  /** What this process has given, by agent run: an agent that starts again has forgotten everything. */
  private readonly given = new Map<string, number>();

  constructor(
    private readonly db: EntityManager,
    private readonly wanted: HostSecretsService,
    private readonly hosts: HostClient,
  ) {}

  /**
   * Makes the host's secrets exactly those that it shall have, and notes what it then has, so that VMs can be placed there at once.
   * @throws HostUnreachableError, AgentError
   */
  async give(host: Host, operationId: string | null): Promise<void> {
    const set = await this.wanted.secretSetFor(host.id);
    const { present } = await this.hosts.send(host.name, 'ensure-secrets', { operationId, ...set });
    await this.db.update(Host, { id: host.id, agentRunId: host.agentRunId }, { secretUuids: present });
    this.given.set(host.agentRunId, set.version);
  }

  /** True if this process gave the host a set at least as new as this version, since the host's agent started. */
  hasGiven(host: Host, version: number): boolean {
    return (this.given.get(host.agentRunId) ?? -1) >= version;
  }

  /**
   * Gives all hosts of a data center that are up their secrets. A host that fails is left to the reconciler: readiness is each host's own.
   * @returns the names of the hosts that failed
   */
  async giveAll(dataCenterId: string, operationId: string): Promise<string[]> {
    const hosts = await this.hostsUp(dataCenterId);
    const results = await Promise.allSettled(hosts.map((host) => this.give(host, operationId)));
    return hosts.filter((_host, number) => results[number]?.status === 'rejected').map(({ name }) => name);
  }

  /** The hosts that can be given secrets, or have to lose some, in any data center. */
  reachable(): Promise<Host[]> {
    return this.db.findBy(Host, { status: In(['up', 'non_operational', 'maintenance']) });
  }

  /** True if what the host reports is not what it shall have. */
  async differs({ id, secretUuids }: Host): Promise<boolean> {
    const wanted = await this.wanted.secretUuidsFor(id);
    return wanted.join() !== [...secretUuids].sort().join();
  }

  private hostsUp(dataCenterId: string): Promise<Host[]> {
    return this.db
      .createQueryBuilder(Host, 'host')
      .innerJoin(Cluster, 'cluster', 'cluster.id = host.cluster_id')
      .where("host.status = 'up' AND cluster.data_center_id = :dataCenterId", { dataCenterId })
      .getMany();
  }
}
