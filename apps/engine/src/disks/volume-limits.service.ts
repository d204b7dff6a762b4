import { type CinderReader, type QuotaSet, type VolumeType, isCinderError } from '@clinker/cinder';
import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import { BackendError, ConflictError, LimitExceededError } from '../errors/domain.errors';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Disk } from './disk.entity';
import { type WantedVolume, exceededLimit, fitsEasily, readLimits } from './volume.limits';

/** What Cinder said a moment ago. */
interface Remembered {
  readonly at: number;
  readonly limits: QuotaSet;
  readonly types: readonly VolumeType[];
}

/** How long (ms) Cinder's answers are good enough to let pass what clearly fits. Nothing is ever refused by them. */
const MEMORY_MS = 10_000;

const findType = (types: readonly VolumeType[], { id, name }: ReferenceInput): VolumeType | undefined =>
  types.find((type) => (id !== undefined ? type.id === id : type.name === name));

/** What Cinder says to somebody who waits for it. @throws BackendError */
async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (!isCinderError(cause)) throw cause;
    throw new BackendError(renderMessage(messages.ACTION_TYPE_FAILED_CINDER, { cinderException: cause.message }), { cause });
  }
}

/** Asks Cinder, before anything is begun, whether it would take a volume. Its own answer to the creation stays the authority. */
@Injectable()
export class VolumeLimitsService {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly readers: CinderReaders) {}

  /**
   * Checks size and type against the live types and the project's quotas.
   * @returns the name of the type, null for Cinder's default
   * @throws ConflictError for an unknown type, LimitExceededError, BackendError
   */
  async check({ providerId, name }: StorageDomain, sizeGiB: number, type?: ReferenceInput): Promise<string | null> {
    const known = this.recent(providerId);
    const knownType = known && type ? findType(known.types, type)?.name : null;
    if (known && knownType !== undefined && fitsEasily(known.limits, { sizeGiB, volumeType: knownType })) return knownType;
    const { limits, types } = await this.ask(providerId);
    const wanted = { sizeGiB, volumeType: type ? this.typeOf(types, type) : null };
    this.refuseExceeding(limits, wanted, { action: 'add', domainName: name });
    return wanted.volumeType;
  }

  /** Checks whether Cinder would let a volume grow. @throws LimitExceededError, BackendError */
  async checkGrowth({ providerId, name }: StorageDomain, wanted: WantedVolume): Promise<void> {
    const known = this.recent(providerId);
    if (known && fitsEasily(known.limits, wanted)) return;
    const { limits } = await this.ask(providerId);
    this.refuseExceeding(limits, wanted, { action: 'edit', domainName: name });
  }

  /** @throws ConflictError if the disk's volume is not made for several VMs at once, BackendError */
  async requireMultiattach({ providerId }: StorageDomain, { name, volumeId, volumeType }: Disk): Promise<void> {
    if (volumeId === null) return;
    const reader = await this.readers.reader(providerId);
    const { multiattach } = await asked(() => reader.volume(volumeId));
    if (multiattach) return;
    const type = volumeType === null ? "Cinder's default type" : `the type '${volumeType}'`;
    throw new ConflictError(`Cannot edit Virtual Disk. A shareable disk needs a volume type with multiattach, and ${name} is of ${type}.`);
  }

  /**
   * Refuses a shareable disk of a type that is not made for several VMs at once.
   * @param volumeType the type's name; null for Cinder's default
   * @throws ConflictError, BackendError
   */
  async requireMultiattachType({ providerId }: StorageDomain, volumeType: string | null): Promise<void> {
    const reader = await this.readers.reader(providerId);
    const types = volumeType === null ? [] : await asked(() => reader.volumeTypes());
    const type = volumeType === null ? await asked(() => reader.defaultVolumeType()) : types.find(({ name }) => name === volumeType);
    if (/^<is>\s*true$/i.test(type?.extraSpecs['multiattach'] ?? '')) return;
    const shown = volumeType === null ? "Cinder's default type" : `the type '${volumeType}'`;
    throw new ConflictError(`Cannot add Virtual Disk. A shareable disk needs a volume type with multiattach, which ${shown} has not.`);
  }

  private refuseExceeding(limits: QuotaSet, wanted: WantedVolume, { action, domainName }: { action: string; domainName: string }): void {
    const exceeded = exceededLimit(limits, wanted);
    if (exceeded === undefined) return;
    const details = `on Storage Domain ${domainName}, ${exceeded}`;
    throw new LimitExceededError(renderMessage(messages.CINDER_QUOTA_EXCEEDED, { action, type: 'Virtual Disk', details }));
  }

  private recent(providerId: string): Remembered | undefined {
    const known = this.remembered.get(providerId);
    return known && known.at > Date.now() - MEMORY_MS ? known : undefined;
  }

  private async ask(providerId: string): Promise<Remembered> {
    const reader: CinderReader = await this.readers.reader(providerId);
    const [types, limits] = await asked(() => Promise.all([reader.volumeTypes(), readLimits(reader)]));
    const answer = { at: Date.now(), limits, types };
    this.remembered.set(providerId, answer);
    return answer;
  }

  private typeOf(types: readonly VolumeType[], type: ReferenceInput): string {
    const found = findType(types, type);
    if (found) return found.name;
    throw new ConflictError(renderMessage(messages.CINDER_VOLUME_TYPE_NOT_EXISTS, { cinderVolumeType: type.name ?? type.id ?? '' }));
  }
}
