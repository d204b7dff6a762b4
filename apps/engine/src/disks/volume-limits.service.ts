import { type CinderReader, type QuotaSet, type VolumeType } from '@clinker/cinder';
import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { asked } from '../cinder/cinder.question';
import { CinderReaders } from '../cinder/cinder.readers';
import { ConflictError, LimitExceededError } from '../errors/domain.errors';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Disk } from './disk.entity';
import { VolumeClaims } from './volume.claims';
import {
  type WantedVolume,
  exceededBySnapshots,
  exceededByVolumes,
  exceededLimit,
  fitsEasily,
  manyTimes,
  readLimits,
} from './volume.limits';

/** What Cinder said a moment ago. */
interface Remembered {
  readonly at: number;
  readonly limits: QuotaSet;
  readonly types: readonly VolumeType[];
  /** The name of the type of volumes for which none is asked: it has limits of its own as well. */
  readonly defaultType: string | null;
}

/** How long (ms) Cinder's answers are good enough to let pass what clearly fits. Nothing is ever refused by them. */
const MEMORY_MS = 10_000;

const findType = (types: readonly VolumeType[], { id, name }: ReferenceInput): VolumeType | undefined =>
  types.find((type) => (id !== undefined ? type.id === id : type.name === name));

/** What Cinder counts for a volume: one without a type is of the default one. */
const counted = ({ defaultType }: Remembered, wanted: WantedVolume): WantedVolume => ({
  ...wanted,
  volumeType: wanted.volumeType ?? defaultType,
});

/** A disk that is to be added. */
export interface WantedDisk {
  /** What its claim is called until Cinder has answered: see {@link VolumeLimitsService.settled}. */
  readonly claim: string;
  readonly sizeGiB: number;
  readonly type?: ReferenceInput | undefined;
}

/** Volumes, or snapshots of volumes, that are wanted together. `action` and `type` are for the text: `add`, `VM`. */
export interface WantedVolumes {
  readonly kind: 'volumes' | 'snapshots';
  /** The new volumes, or those of which snapshots are wanted. */
  readonly volumes: readonly WantedVolume[];
  readonly action: string;
  readonly type: string;
}

const GIB = 2 ** 30;

/** How long (ms) one that would fit but for others waits for Cinder's answers to them. */
const SETTLED_WITHIN_MS = 3_000;

const quotaText = (parameters: Record<string, string>): string => renderMessage(messages.CINDER_QUOTA_EXCEEDED, parameters);

/** Below its own limit a domain takes nothing new (oVirt's critical_space_action_blocker). What is not known is no reason. @throws ConflictError */
function refuseFullDomain(
  { name, availableBytes, criticalSpaceActionBlocker }: StorageDomain,
  action: string,
  type = 'Virtual Disk',
): void {
  if (availableBytes === null || availableBytes >= criticalSpaceActionBlocker * GIB) return;
  throw new ConflictError(renderMessage(messages.DISK_SPACE_LOW, { action, type, storageName: name }));
}

/** Asks Cinder, before anything is begun, whether it would take a volume. Its own answer to the creation stays the authority. */
@Injectable()
export class VolumeLimitsService {
  private readonly remembered = new Map<string, Remembered>();
  private readonly claims = new VolumeClaims();

  constructor(private readonly readers: CinderReaders) {}

  /**
   * Checks size and type against the live types and the project's quotas.
   * @returns the name of the type, null for Cinder's default
   * @throws ConflictError for an unknown type, LimitExceededError, BackendError
   */
  async check(domain: StorageDomain, { claim, sizeGiB, type }: WantedDisk): Promise<string | null> {
    const { providerId } = domain;
    refuseFullDomain(domain, 'add');
    const volumeType = await this.typeName(providerId, type);
    await this.require(domain, { sizeGiB, volumeType }, 'add', claim);
    return volumeType;
  }

  /** Cinder has answered the request for a volume that was let pass, or will never get it. */
  settled(claim: string): void {
    this.claims.settle(claim);
  }

  /** Cinder has refused what its figures of a moment ago had room for: they are no longer good for anything. */
  forget(providerId: string): void {
    this.remembered.delete(providerId);
  }

  /** Checks whether Cinder would let a volume grow. @throws LimitExceededError, BackendError */
  async checkGrowth(domain: StorageDomain, wanted: WantedVolume): Promise<void> {
    refuseFullDomain(domain, 'edit');
    await this.require(domain, wanted, 'edit');
  }

  /**
   * Checks whether Cinder would make all these volumes, or snapshots of them, in a domain. What fits many times over needs no second look.
   * @throws ConflictError for a domain that is nearly full, LimitExceededError, BackendError
   */
  async checkAll(domain: StorageDomain, { kind, volumes, action, type }: WantedVolumes): Promise<void> {
    const { providerId, name } = domain;
    refuseFullDomain(domain, action, type);
    const exceededBy = kind === 'snapshots' ? exceededBySnapshots : exceededByVolumes;
    const excess = (answer: Remembered, wanted: readonly WantedVolume[]) =>
      exceededBy(
        answer.limits,
        wanted.map((volume) => counted(answer, volume)),
      );
    const known = this.recent(providerId);
    if (known && excess(known, manyTimes(volumes)) === undefined) return;
    const details = excess(await this.ask(providerId), volumes);
    if (details === undefined) return;
    throw new LimitExceededError(quotaText({ action, type, details: `on Storage Domain ${name}, ${details}` }));
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

  /** What others have just been let pass counts as well; if that alone is too much, Cinder is asked again when it has answered them. */
  private async require({ providerId, name }: StorageDomain, wanted: WantedVolume, action: string, claim?: string): Promise<void> {
    const known = this.recent(providerId);
    if (known && fitsEasily(known.limits, counted(known, wanted), this.claims.since(providerId, known.at)))
      return this.claims.make(claim, providerId, counted(known, wanted));
    let answer = await this.ask(providerId);
    let exceeded = this.exceeded(providerId, answer, wanted);
    if (exceeded !== undefined && exceededLimit(answer.limits, counted(answer, wanted)) === undefined) {
      await this.claims.allSettled(providerId, SETTLED_WITHIN_MS);
      answer = await this.ask(providerId);
      exceeded = this.exceeded(providerId, answer, wanted);
    }
    if (exceeded === undefined) return this.claims.make(claim, providerId, counted(answer, wanted));
    throw new LimitExceededError(quotaText({ action, type: 'Virtual Disk', details: `on Storage Domain ${name}, ${exceeded}` }));
  }

  private exceeded(providerId: string, answer: Remembered, wanted: WantedVolume): string | undefined {
    return exceededLimit(answer.limits, counted(answer, wanted), this.claims.since(providerId, answer.at));
  }

  /** The name of the type that a client names; null if it names none. */
  private async typeName(providerId: string, type?: ReferenceInput): Promise<string | null> {
    if (!type) return null;
    const known = this.recent(providerId);
    const found = known && findType(known.types, type);
    return found ? found.name : this.typeOf((await this.ask(providerId)).types, type);
  }

  private recent(providerId: string): Remembered | undefined {
    const known = this.remembered.get(providerId);
    return known && known.at > Date.now() - MEMORY_MS ? known : undefined;
  }

  private async ask(providerId: string): Promise<Remembered> {
    const reader: CinderReader = await this.readers.reader(providerId);
    const at = Date.now();
    const [types, limits, standard] = await asked(() =>
      Promise.all([reader.volumeTypes(), readLimits(reader), reader.defaultVolumeType()]),
    );
    const answer = { at, limits, types, defaultType: standard?.name ?? null };
    this.remembered.set(providerId, answer);
    return answer;
  }

  private typeOf(types: readonly VolumeType[], type: ReferenceInput): string {
    const found = findType(types, type);
    if (found) return found.name;
    throw new ConflictError(renderMessage(messages.CINDER_VOLUME_TYPE_NOT_EXISTS, { cinderVolumeType: type.name ?? type.id ?? '' }));
  }
}
