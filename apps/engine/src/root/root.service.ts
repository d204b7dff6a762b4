import type { ActiveTotal } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Installation } from '../database/installation.entity';

export interface Summary {
  hosts: ActiveTotal;
  storage_domains: ActiveTotal;
  users: ActiveTotal;
  vms: ActiveTotal;
}

const COUNTS = `SELECT
  (SELECT count(*) FROM host)::int hosts, (SELECT count(*) FROM host WHERE status = 'up')::int hosts_up,
  (SELECT count(*) FROM storage_domain)::int domains, (SELECT count(*) FROM storage_domain WHERE status = 'active')::int domains_active,
  (SELECT count(*) FROM account)::int users,
  (SELECT count(*) FROM vm)::int vms, (SELECT count(*) FROM vm WHERE status IN ('up', 'powering_up'))::int vms_up`;

type Counts = Record<'hosts' | 'hosts_up' | 'domains' | 'domains_active' | 'users' | 'vms' | 'vms_up', number>;

/** What the root document tells about this installation. */
@Injectable()
export class RootService {
  constructor(private readonly db: EntityManager) {}

  async installationId(): Promise<string> {
    const [installation] = await this.db.find(Installation, { take: 1 });
    return installation?.id ?? '';
  }

  async summary(): Promise<Summary> {
    const [counts] = await this.db.query<[Counts]>(COUNTS);
    return {
      hosts: { active: counts.hosts_up, total: counts.hosts },
      storage_domains: { active: counts.domains_active, total: counts.domains },
      users: { active: counts.users, total: counts.users },
      vms: { active: counts.vms_up, total: counts.vms },
    };
  }
}
