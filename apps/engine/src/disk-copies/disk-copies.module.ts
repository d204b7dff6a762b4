import { Module } from '@nestjs/common';
import { DisksModule } from '../disks/disks.module';
import { DiskCopiesClient } from './disk-copies.client';

/** Disks that are made from others: for templates, for VMs from them, and for clones. */
@Module({ imports: [DisksModule], providers: [DiskCopiesClient], exports: [DiskCopiesClient] })
export class DiskCopiesModule {}
