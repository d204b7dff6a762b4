import { type Volume, gibToBytes } from '@clinker/cinder';
import { type SearchComparison, parseSearch, visitSearch } from '@clinker/ovirt-api';
import { InvalidInputError } from '../errors/domain.errors';
import type { ListQuery } from '../search/list-query';

/** A volume in Cinder that is no disk. */
export interface UnregisteredVolume {
  readonly volume: Volume;
  /** Why it cannot become one; undefined if it can. */
  readonly reason: string | undefined;
}

/** A use of Cinder by somebody else, in words. */
function useOf({ status, attachments }: Volume): string | undefined {
  const users = attachments.map(({ serverId, hostName }) => serverId ?? hostName ?? 'somebody').join(', ');
  if (attachments.length > 0) return `It is in use in Cinder by ${users}.`;
  return status === 'available' ? undefined : `It is ${status} in Cinder.`;
}

/** Who has marked the volume as his own, if not everybody may have it. */
function ownerOf({ metadata }: Volume, installationId: string): string | undefined {
  const { clinker_installation: owner, clinker_disk_id: diskId } = metadata;
  if (owner === undefined) return undefined;
  if (owner !== installationId) return `It belongs to another installation of Clinker (${owner}).`;
  return `It was made for the disk ${diskId ?? 'of an operation'}, which does not have it: see the leftovers.`;
}

/**
 * Why a volume cannot become a disk; undefined if it can.
 * @param volume as Cinder shows it now
 * @param installationId this installation's
 */
export function unsuitability(volume: Volume, installationId: string): string | undefined {
  const owner = ownerOf(volume, installationId);
  if (owner !== undefined) return owner;
  const use = useOf(volume);
  if (use !== undefined) return use;
  if (volume.encrypted) return 'It is encrypted, and hosts cannot open encrypted volumes.';
  const { migrationStatus } = volume;
  return migrationStatus && !['success', 'error', 'none'].includes(migrationStatus)
    ? `Cinder is moving it (${migrationStatus}).`
    : undefined;
}

const FIELDS: Readonly<Record<string, (one: UnregisteredVolume) => string>> = {
  id: ({ volume }) => volume.id,
  name: ({ volume }) => volume.name ?? '',
  alias: ({ volume }) => volume.name ?? '',
  description: ({ volume }) => volume.description ?? '',
  status: ({ reason }) => (reason === undefined ? 'ok' : 'illegal'),
  volume_type: ({ volume }) => volume.volumeType ?? '',
  provisioned_size: ({ volume }) => String(gibToBytes(volume.sizeGiB)),
};

type Test = (one: UnregisteredVolume) => boolean;

const pattern = (value: string, caseSensitive: boolean): RegExp => {
  const text = value
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${text}$`, caseSensitive ? 's' : 'is');
};

/** @throws InvalidInputError */
function comparison({ object, field, operator, value }: SearchComparison, caseSensitive: boolean): Test {
  const read = object === undefined ? FIELDS[field] : undefined;
  const name = object === undefined ? field : `${object}.${field}`;
  if (!read)
    throw new InvalidInputError(
      `There is no field '${name}' to search unregistered disks by. The fields are ${Object.keys(FIELDS).join(', ')}.`,
    );
  if (operator !== '=' && operator !== '!=')
    throw new InvalidInputError(`The field '${name}' of unregistered disks is compared by = and !=, not by ${operator}.`);
  const wanted = pattern(value, caseSensitive);
  return (one) => wanted.test(read(one)) === (operator === '=');
}

/** The volumes that a search asks for, and of them the page. @throws SearchSyntaxError, InvalidInputError */
export function selected(all: readonly UnregisteredVolume[], { search, max, caseSensitive }: ListQuery): UnregisteredVolume[] {
  const { term, page } = parseSearch(search);
  const test: Test = term
    ? visitSearch<Test>(term, {
        comparison: (one) => comparison(one, caseSensitive),
        text:
          ({ value }) =>
          (one) =>
            pattern(`*${value}*`, caseSensitive).test(`${one.volume.name ?? ''} ${one.volume.description ?? ''}`),
        group: (kind, tests) => (one) => (kind === 'and' ? tests.every((each) => each(one)) : tests.some((each) => each(one))),
      })
    : () => true;
  const length = max ?? (page === undefined ? Infinity : DEFAULT_PAGE);
  const from = page === undefined ? 0 : (page - 1) * length;
  return all.filter(test).slice(from, from + length);
}

/** oVirt's length of a page when the client names none. */
const DEFAULT_PAGE = 100;
