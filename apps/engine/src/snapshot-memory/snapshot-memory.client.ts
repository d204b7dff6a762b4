import { Injectable } from '@nestjs/common';
import { MemoryOnHostClient } from './memory-on-host.client';
import { MemoryVolumeClient } from './memory-volume.client';

/** A memory on both ends of its way: the host on which the guest runs, and the volume in which it is kept. */
@Injectable()
export class SnapshotMemoryClient {
  constructor(
    readonly volume: MemoryVolumeClient,
    readonly host: MemoryOnHostClient,
  ) {}
}
