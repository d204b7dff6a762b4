import type { Volume } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { orGone } from '../cinder/cinder.absence';
import { asked } from '../cinder/cinder.question';
import { CinderReaders } from '../cinder/cinder.readers';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { Installation } from '../database/installation.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { type OperationEnd, endOf } from '../sagas/operation.end';
import type { ListQuery } from '../search/list-query';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { DiskVolume } from './disk-volume.entity';
import { Disk, type DiskId } from './disk.entity';
import type { RegisteredDisk } from './disk.input';
import type { RegisterDisk } from './register-disk.saga';
import { type UnregisteredVolume, selected, unsuitability } from './unregistered.rules';

/** How long (ms) a client waits for a disk to be registered or unregistered: Cinder is asked a few short questions. */
const ENDS_WITHIN_MS = 20_000;

/** The volumes of a domain's Cinder that are no disks, and their way to become some and back. */
@Injectable()
export class UnregisteredDisksService {
  constructor(
    private readonly db: EntityManager,
    private readonly readers: CinderReaders,
    private readonly operations: Operations,
  ) {}

  /** All that Cinder shows to its account and that no disk has, those too that cannot become disks. @throws NotFoundError, ConflictError, BackendError */
  async list(storageDomainId: string, query: ListQuery): Promise<UnregisteredVolume[]> {
    return selected(await this.all(await this.domain(storageDomainId)), query);
  }

  /**
   * Begins to make a disk of a volume, and waits for it.
   * @param id of the volume, and then of the disk
   * @throws NotFoundError, ConflictError, BackendError
   */
  async register(storageDomainId: string, id: string, input: RegisteredDisk, origin: RequestOrigin): Promise<Disk> {
    const domain = await this.domain(storageDomainId);
    const known = (await this.db.findOneBy(Disk, [{ id: id as DiskId }, { volumeId: id as Disk['volumeId'] & string }])) ?? undefined;
    if (known) throw new ConflictError(renderMessage(messages.CINDER_DISK_ALREADY_REGISTERED, { diskAlias: known.name }));
    const volume = await this.volume(domain, id);
    const reason = unsuitability(volume, await this.installationId());
    if (reason !== undefined) throw new ConflictError(`Cannot register Virtual Disk. ${reason}`);
    const operation = await this.start(domain, volume, input, origin);
    await this.ended(operation);
    return this.db.findOneByOrFail(Disk, { id: id as DiskId });
  }

  /** Begins to make disks of all volumes that can become some; one that cannot, after all, is told by an event. @throws as {@link list} */
  async registerAll(storageDomainId: string, query: ListQuery, origin: RequestOrigin): Promise<Disk[]> {
    const domain = await this.domain(storageDomainId);
    const fit = (await this.list(storageDomainId, query)).filter(({ reason }) => reason === undefined);
    const operations: Operation[] = [];
    for (const { volume } of fit) {
      const started = await this.start(domain, volume, {}, origin).catch(unlessRefused);
      if (started) operations.push(started);
    }
    await Promise.all(operations.map(({ id }) => endOf(this.operations, id, ENDS_WITHIN_MS)));
    const disks = await Promise.all(fit.map(({ volume }) => this.db.findOneBy(Disk, { id: volume.id as DiskId })));
    return disks.filter((disk) => disk !== null);
  }

  /** Begins to forget a disk whose volume is to stay, and waits for it. @throws NotFoundError, ConflictError */
  async unregister(id: string, origin: RequestOrigin): Promise<{ jobId: string; status: OperationEnd['status'] }> {
    const operation = await this.operations.start('unregister-disk', { diskId: id }, { ...origin, subjects: [{ type: 'disk', id }] });
    return { jobId: operation.id, status: await this.ended(operation) };
  }

  private async start({ id, providerId }: StorageDomain, volume: Volume, input: RegisteredDisk, origin: RequestOrigin): Promise<Operation> {
    const { id: volumeId, name, description, sizeGiB, volumeType, multiattach } = volume;
    const disk = { diskId: volumeId, volumeId, sizeGiB, volumeType, multiattach };
    const state: RegisterDisk = {
      ...disk,
      name: input.name ?? input.alias ?? (name || `volume-${volumeId.slice(0, 8)}`),
      description: input.description ?? description ?? '',
      storageDomainId: id,
      providerId,
      creatorId: origin.ownerId,
    };
    const meta = { ...origin, subjects: [{ type: 'disk', id: volumeId }] };
    return this.operations.start('register-disk', state, meta).catch((error: unknown) => {
      if (brokenUniqueConstraint(error) === undefined) throw error;
      throw new ConflictError(renderMessage(messages.CINDER_DISK_ALREADY_REGISTERED, { diskAlias: state.name }), { cause: error });
    });
  }

  private async ended({ id }: Operation): Promise<OperationEnd['status']> {
    const end = await endOf(this.operations, id, ENDS_WITHIN_MS);
    if (end.status === 'failed') throw new ConflictError(end.reason);
    return end.status;
  }

  private async all({ providerId }: StorageDomain): Promise<UnregisteredVolume[]> {
    const reader = await this.readers.reader(providerId);
    const volumes = await asked(() => reader.findVolumes({}));
    const tables = [this.db.find(Disk, { select: { volumeId: true } }), this.db.find(DiskVolume), this.db.find(SnapshotMemory)] as const;
    const known = new Set<string | null>((await Promise.all(tables)).flat().map(({ volumeId }) => volumeId));
    const installationId = await this.installationId();
    return volumes.filter(({ id }) => !known.has(id)).map((volume) => ({ volume, reason: unsuitability(volume, installationId) }));
  }

  private async volume({ providerId }: StorageDomain, id: string): Promise<Volume> {
    const reader = await this.readers.reader(providerId);
    const volume = await asked(() => orGone(() => reader.volume(id)));
    if (!volume) throw new NotFoundError('Unregistered disk', id);
    return volume;
  }

  /** @throws NotFoundError, ConflictError */
  private async domain(id: string): Promise<StorageDomain> {
    const domain = await this.db.findOneBy(StorageDomain, { id });
    if (!domain) throw new NotFoundError('Storage Domain', id);
    if (domain.status === 'active') return domain;
    const names = { action: 'register', type: 'Virtual Disk', status: domain.status };
    throw new ConflictError(renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, names));
  }

  private async installationId(): Promise<string> {
    return (await this.db.findOneByOrFail(Installation, {})).id;
  }
}

/** Somebody else may have been faster with one of many. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ConflictError)) throw error;
}
