import type { Saga } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { DiskCopiesClient } from '../disk-copies/disk-copies.client';
import { EventsService } from '../events/events.service';
import { type VmCopying, VmCopyingSaga } from './vm-copying';

/** Makes a VM's disks from snapshots that are there: those that are kept of a template, or those of a VM's snapshot. */
@Injectable()
export class CreateVmSaga extends VmCopyingSaga implements Saga<VmCopying> {
  readonly name = 'create-vm';

  constructor(copies: DiskCopiesClient, events: EventsService) {
    super(copies, events, false);
  }
}
