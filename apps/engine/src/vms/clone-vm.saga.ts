import type { Saga } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { DiskCopiesClient } from '../disk-copies/disk-copies.client';
import { EventsService } from '../events/events.service';
import { type VmCopying, VmCopyingSaga } from './vm-copying';

/** Makes a VM's disks from those of another VM as they are now; the other may run. */
@Injectable()
export class CloneVmSaga extends VmCopyingSaga implements Saga<VmCopying> {
  readonly name = 'clone-vm';

  constructor(copies: DiskCopiesClient, events: EventsService) {
    super(copies, events, true);
  }
}
