import { Module } from '@nestjs/common';
import { QuotaFollowers } from './quota.followers';
import { QuotaClusterLimitsController, QuotaStorageLimitsController } from './quota-limits.controller';
import { QuotaLimitsService } from './quota-limits.service';
import { QuotasController } from './quotas.controller';
import { QuotasService } from './quotas.service';

/** What users of a data center may take of it together. */
@Module({
  providers: [QuotasService, QuotaLimitsService, QuotaFollowers],
  controllers: [QuotasController, QuotaStorageLimitsController, QuotaClusterLimitsController],
})
export class QuotasModule {}
