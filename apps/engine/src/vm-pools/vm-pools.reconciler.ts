import { type Logger, withLogContext } from '@clinker/logging';
import { Operations } from '@clinker/sagas';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { DomainError } from '../errors/domain.errors';
import { LOGGER } from '../logger';
import { RepeatedLook } from '../reconciling/repeated.look';

/** How often (ms) it looks. */
const LOOK_EVERY_MS = 2_000;

/** What could not be returned is tried again after a while. */
const RETURNING = `SELECT id, name FROM vm WHERE vm_pool_id IN (SELECT id FROM vm_pool WHERE status = 'ok') AND has_run AND status = 'down' AND NOT EXISTS (
  SELECT FROM operation WHERE saga = 'return-vm' AND status = 'failed' AND ended_at > now() - interval '15 seconds'
    AND subjects @> jsonb_build_array(jsonb_build_object('type', 'vm', 'id', vm.id::text)))`;

/** The VMs to start now: as many of each pool as its number of prestarted VMs wants, of those that are down and nobody's. */
const TO_START = `SELECT id, name FROM (
    SELECT vm.id, vm.name, vm.status, pool.prestarted_vms AS wanted,
      count(*) FILTER (WHERE vm.status NOT IN ('down', 'image_locked')) OVER (PARTITION BY pool.id) AS running,
      row_number() OVER (PARTITION BY pool.id, vm.status = 'down' ORDER BY length(vm.name), vm.name) AS place
    FROM vm JOIN vm_pool pool ON pool.id = vm.vm_pool_id AND pool.status = 'ok' AND pool.prestarted_vms > 0
    WHERE NOT vm.has_run OR vm.status <> 'down'
  ) free WHERE status = 'down' AND place <= wanted - running
    AND NOT EXISTS (SELECT FROM vm_pool_user taken WHERE taken.vm_id = free.id)`;

/** A VM of a manual pool is somebody's until an administrator takes the permission for it away. */
const RELEASE = `DELETE FROM vm_pool_user taken USING vm JOIN vm_pool pool ON pool.id = vm.vm_pool_id AND pool.type = 'manual'
  WHERE vm.id = taken.vm_id AND NOT EXISTS (
    SELECT FROM permission kept WHERE kept.object_type = 'vm' AND kept.object_id = vm.id AND kept.account_id = taken.account_id)`;

interface VmRow {
  readonly id: string;
  readonly name: string;
}

/** Takes VMs back into their pools when they have stopped, however that came about, and keeps VMs running that nobody has yet. */
@Injectable()
export class VmPoolsReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new RepeatedLook(
    () => this.look(),
    (error) => this.log.error({ err: error }, 'The pools of VMs could not be looked at'),
  );

  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks.every(LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looks.end();
  }

  private async look(): Promise<void> {
    await this.db.query(RELEASE);
    for (const vm of await this.db.query<VmRow[]>(RETURNING)) await this.start('return-vm', vm);
    for (const vm of await this.db.query<VmRow[]>(TO_START)) await this.start('run-vm', vm);
  }

  /** What is refused now, because somebody else works on the VM or there is no host, is tried at the next look. */
  private async start(saga: string, { id, name }: VmRow): Promise<void> {
    const correlationId = randomUUID();
    const about = { correlationId, subjects: [{ type: 'vm', id }] };
    try {
      await withLogContext({ correlationId }, () => this.operations.start(saga, { vmId: id, vmName: name }, about));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
