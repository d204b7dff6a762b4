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

export type CinderPatienceSettings = Pick<EngineSettings, 'CLINKER_CINDER_PATIENCE' | 'CLINKER_CINDER_COPY_PATIENCE'>;

/** What takes a storage moments, once it has begun. Other work (retyping, a backup, a move) may take any time. */
const SHORT_WORK = ['creating', 'extending', 'deleting'];

const isCopied = ({ status, snapshotId, sourceVolumeId }: CinderWork): boolean =>
  status === 'creating' && Boolean(snapshotId ?? sourceVolumeId);

/**
 * Cinder's API hands work on by messages that live in RabbitMQ's memory. What is on its way when RabbitMQ, the scheduler or the database goes
 * is lost, and the volume or snapshot stays `creating`, `extending` or `deleting` for ever: nobody in Cinder looks for it again.
 */
@Injectable()
export class CinderPatience {
  constructor(@Inject(ENGINE_SETTINGS) private readonly settings: CinderPatienceSettings) {}

  /** Whether Cinder shows the work for so long that it must have lost it. */
  isOver(work: CinderWork): boolean {
    if (!SHORT_WORK.includes(work.status)) return false;
    const { CLINKER_CINDER_PATIENCE, CLINKER_CINDER_COPY_PATIENCE } = this.settings;
    const since = (work.updatedAt ?? work.createdAt).getTime();
    return Date.now() - since > (isCopied(work) ? CLINKER_CINDER_COPY_PATIENCE : CLINKER_CINDER_PATIENCE);
  }
}
