import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { isForeignKeyViolation } from '../database/constraint.violation';
import { Disk } from '../disks/disk.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { takeDomain } from '../storage-domains/domain.lock';
import { refuseDisks, refuseRunningTasks, refuseRunningVms } from '../storage-domains/domain.use';
import { StorageDomain, type StorageDomainStatus } from '../storage-domains/storage-domain.entity';
import { HostSecretsService } from './host-secrets.service';
import { VolumeProvider } from './volume-provider.entity';

/** Statuses from which a domain goes with its provider; `force` takes it also when it is active. */
const QUIET: readonly StorageDomainStatus[] = ['unattached', 'maintenance', 'inactive'];

interface Removal {
  /** What is removed, for the text of a refusal. */
  readonly type: string;
  readonly allowed: readonly StorageDomainStatus[];
  /** Forgets the disks. */
  readonly force: boolean;
}

/** Removes volume providers, with their domain and keys. */
@Injectable()
export class ProviderRemovalService {
  constructor(
    private readonly db: EntityManager,
    private readonly secrets: HostSecretsService,
    private readonly events: EventsService,
  ) {}

  /**
   * Refused while the domain is active or has disks. `force` forgets the disks (their volumes stay in Cinder) and does not ask for the status,
   * but still refuses while VMs run with the disks or operations work on them.
   * @throws NotFoundError, ConflictError
   */
  async remove(id: string, force: boolean): Promise<void> {
    const domain = await this.db.findOneBy(StorageDomain, { providerId: id });
    if (!domain) throw new NotFoundError('Provider', id);
    const removal = { type: 'Provider', allowed: force ? [...QUIET, 'active' as const] : QUIET, force };
    await this.inTransaction((tx) => this.removeIn(tx, domain, removal));
  }

  /**
   * Removes a domain that is attached nowhere, and with it its provider: neither is of use alone. `destroy` takes it from maintenance too,
   * and forgets its disks.
   * @throws NotFoundError, ConflictError
   */
  async removeDomain(id: string, destroy: boolean): Promise<void> {
    const domain = await this.db.findOneBy(StorageDomain, { id });
    if (!domain) throw new NotFoundError('Storage Domain', id);
    const removal = { type: 'Storage Domain', allowed: destroy ? QUIET : (['unattached'] as const), force: destroy };
    await this.inTransaction((tx) => this.removeIn(tx, domain, removal));
  }

  private async inTransaction(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    try {
      await this.db.transaction(work);
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(messages.ERROR_CANNOT_DETACH_CINDER_PROVIDER_WITH_IMAGES.text, { cause: error });
    }
  }

  private async removeIn(tx: EntityManager, { id: domainId, providerId: id }: StorageDomain, removal: Removal): Promise<void> {
    const domain = await takeDomain(tx, domainId, { action: 'remove', ...removal });
    const provider = await tx.findOneByOrFail(VolumeProvider, { id });
    const forgotten = removal.force ? await this.forgetDisks(tx, domain.id, removal.type) : '';
    await refuseDisks(tx, domain.id);
    await tx.delete(StorageDomain, { id: domain.id });
    const { affected } = await tx.delete(VolumeProvider, { id });
    if (affected !== 1) throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'remove', type: removal.type }));
    await this.secrets.bump(tx);
    await this.events.record('PROVIDER_REMOVED', `Provider ${provider.name} was removed.${forgotten}`, { storageDomainId: domain.id }, tx);
  }

  private async forgetDisks(tx: EntityManager, storageDomainId: string, type: string): Promise<string> {
    await refuseRunningTasks(tx, storageDomainId, 'remove', type);
    await refuseRunningVms(tx, storageDomainId, 'remove', type);
    const { affected } = await tx.delete(Disk, { storageDomainId });
    return affected ? ` ${affected} disks were forgotten; their volumes stay in Cinder.` : '';
  }
}
