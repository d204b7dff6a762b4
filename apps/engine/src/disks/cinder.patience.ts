import { Inject, Injectable } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';

/** A volume or a snapshot as Cinder shows it while it works on it. */
export interface CinderWork {
  readonly status: string;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  /** What a volume begins as a copy of. */
  readonly snapshotId?: string | null;
  readonly sourceVolumeId?: string | null;
}

/** What takes a storage moments once it has begun, if it is no copy. */
type ShortWork = 'creating' | 'deleting' | 'extending' | 'retyping';

export type CinderPatienceSettings = Pick<EngineSettings, 'CLINKER_CINDER_PATIENCE' | 'CLINKER_CINDER_COPY_PATIENCE'>;

const isCopied = ({ status, snapshotId, sourceVolumeId }: CinderWork): boolean =>
  status === 'creating' && Boolean(snapshotId ?? sourceVolumeId);

/**
 * Cinder's API hands work on by messages that live in RabbitMQ's memory. What is on its way when RabbitMQ, the scheduler or the database goes
 * is lost, and the volume or snapshot stays as it is for ever: nobody in Cinder looks for it again.
 */
@Injectable()
export class CinderPatience {
  constructor(@Inject(ENGINE_SETTINGS) private readonly settings: CinderPatienceSettings) {}

  /** Whether Cinder shows one of these kinds of work for so long that it must have lost it. */
  isOver(work: CinderWork, ...kinds: readonly ShortWork[]): boolean {
    if (!kinds.some((kind) => kind === work.status)) return false;
    const { CLINKER_CINDER_PATIENCE, CLINKER_CINDER_COPY_PATIENCE } = this.settings;
    const since = (work.updatedAt ?? work.createdAt).getTime();
    return Date.now() - since > (isCopied(work) ? CLINKER_CINDER_COPY_PATIENCE : CLINKER_CINDER_PATIENCE);
  }
}
