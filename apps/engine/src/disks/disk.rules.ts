import { bytesToGiB, gibToBytes } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { IncompleteInputError, InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Disk } from './disk.entity';
import type { ChangedDisk, EnclosedDisk, NewDisk } from './disk.input';

/** What of a disk can be changed in the database alone. */
export type DiskSettings = Pick<
  Disk,
  'name' | 'description' | 'shareable' | 'wipeAfterDelete' | 'propagateErrors' | 'diskProfileId' | 'quotaId'
>;

/** The objects that a request names for a disk, by their ids; what it does not name is undefined. */
export interface NamedByDisk {
  readonly diskProfileId?: string | undefined;
  readonly quotaId?: string | undefined;
}

type Action = 'add' | 'edit';

/**
 * Volumes in Cinder hold raw data: nothing above them keeps track of changed blocks, so there is no incremental backup. The format is only what
 * the client calls it (Ansible's default is `cow`): oVirt does not look at it for disks in Cinder either.
 * @throws UnsupportedError
 */
export function refuseUnsupported({ format, sparse, backup }: Pick<ChangedDisk, 'format' | 'sparse' | 'backup'>, action: Action): void {
  if (backup !== 'incremental') return;
  const volumeFormat = format === 'cow' ? 'COW' : 'RAW';
  const volumeType = (sparse ?? true) ? 'Sparse' : 'Preallocated';
  const parameters = { volumeFormat, volumeType, backup: 'Incremental' };
  throw new UnsupportedError(renderMessage(messages.DISK_CONFIGURATION_NOT_SUPPORTED, { action, type: 'Virtual Disk', ...parameters }));
}

/** A new disk, of a request that may have been for something else. @throws IncompleteInputError */
export function wholeDisk({ provisioned_size, format, ...disk }: EnclosedDisk): NewDisk {
  if (provisioned_size !== undefined && format !== undefined) return { ...disk, provisioned_size, format };
  const missing = [...(provisioned_size === undefined ? ['provisionedSize'] : []), ...(format === undefined ? ['format'] : [])];
  throw new IncompleteInputError(`Disk [${missing.join(', ')}] required for add`);
}

/**
 * The size (whole GiB) to which a request extends a disk, undefined if it is to stay as it is.
 * @throws InvalidInputError for a smaller size
 */
export function extensionOf({ provisionedSize }: Pick<Disk, 'provisionedSize'>, wanted: number | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  const sizeGiB = bytesToGiB(wanted);
  if (gibToBytes(sizeGiB) < provisionedSize)
    throw new InvalidInputError(renderMessage(messages.NEW_DISK_SIZE_MUST_BE_LARGER, { action: 'edit', type: 'Virtual Disk' }));
  return gibToBytes(sizeGiB) === provisionedSize ? undefined : sizeGiB;
}

const isOtherDomain = (domain: StorageDomain, { storage_domain, storage_domains }: ChangedDisk): boolean => {
  const wanted = storage_domain ?? storage_domains?.[0];
  if (!wanted) return false;
  return wanted.id !== undefined ? wanted.id !== domain.id : wanted.name !== domain.name;
};

/**
 * What a disk is made with and keeps: clients send it back, and only another value is refused. Format and allocation are ignored, as oVirt
 * does: Ansible sends its defaults for both with every change.
 * @throws UnsupportedError
 */
function refuseOtherNature(disk: Disk, domain: StorageDomain, input: ChangedDisk): void {
  const { openstack_volume_type: type } = input;
  const others = [
    ...(type?.name === undefined || type.name === disk.volumeType ? [] : ['volume type']),
    ...(isOtherDomain(domain, input) ? ['storage domain'] : []),
  ];
  if (others[0] !== undefined) throw new UnsupportedError(`Cannot edit Virtual Disk. The ${others[0]} of a disk cannot be changed.`);
}

/**
 * What a request changes of a disk, besides its size.
 * @param named the ids of the profile and the quota that it names
 * @throws UnsupportedError for what cannot be changed
 */
export function changesOf(disk: Disk, domain: StorageDomain, input: ChangedDisk, named: NamedByDisk = {}): Partial<DiskSettings> {
  refuseUnsupported(input, 'edit');
  refuseOtherNature(disk, domain, input);
  const wanted = {
    name: input.name ?? input.alias,
    description: input.description,
    shareable: input.shareable,
    wipeAfterDelete: input.wipe_after_delete,
    propagateErrors: input.propagate_errors,
    ...named,
  };
  const keys = Object.keys(wanted) as (keyof typeof wanted)[];
  const changed = keys.filter((key) => wanted[key] !== undefined && wanted[key] !== disk[key]);
  return Object.fromEntries(changed.map((key) => [key, wanted[key]]));
}
