import { Inject, Injectable } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LeftoverRecordsService } from './leftover-records.service';
import { LeftoverSearchClient } from './leftover-search.client';
import { LostVolumesService } from './lost-volumes.service';

/** One look at a provider, with all that follows from it. */
@Injectable()
export class LeftoverLookClient {
  constructor(
    private readonly search: LeftoverSearchClient,
    private readonly records: LeftoverRecordsService,
    private readonly lost: LostVolumesService,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  /** Ids of the providers whose domain is in use. */
  providers(): Promise<string[]> {
    return this.search.providers();
  }

  /** @throws CinderError, NotFoundError */
  async look(providerId: string): Promise<void> {
    const { findings, lost } = await this.search.search(providerId);
    await this.records.note(providerId, 'cinder', findings, this.settings.CLINKER_LEFTOVERS_GRACE);
    await this.lost.note(providerId, lost);
    for (const row of await this.lost.illegal(providerId))
      if (await this.search.hasVolume(providerId, row.volumeId)) await this.lost.isBack(row);
  }

  /** Begins to clean up what is old enough, if the rule says so. */
  async cleanDue(): Promise<void> {
    const { CLINKER_LEFTOVERS_CLEANED_AFTER: afterMs } = this.settings;
    if (afterMs !== undefined) await this.records.cleanDue(afterMs);
  }
}
