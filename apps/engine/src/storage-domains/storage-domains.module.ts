import { Global, Module } from '@nestjs/common';
import { ActivateDomainSaga } from './activate-domain.saga';
import { AttachedStorageDomainsController } from './attached-storage-domains.controller';
import { DeactivateDomainSaga } from './deactivate-domain.saga';
import { DomainAttachmentsService } from './domain-attachments.service';
import { DomainChangeClient } from './domain-change.client';
import { DomainHealthReconciler } from './domain-health.reconciler';
import { DomainHealthService } from './domain-health.service';
import { StorageDomainsController } from './storage-domains.controller';
import { StorageDomainsService } from './storage-domains.service';

/** Storage domains, and their place in data centers. */
@Global()
@Module({
  providers: [
    StorageDomainsService,
    DomainAttachmentsService,
    DomainChangeClient,
    DomainHealthService,
    DomainHealthReconciler,
    ActivateDomainSaga,
    DeactivateDomainSaga,
  ],
  controllers: [StorageDomainsController, AttachedStorageDomainsController],
  exports: [StorageDomainsService, DomainAttachmentsService],
})
export class StorageDomainsModule {}
