import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';

/** Names the drive with the seed. It is no disk of the VM: no id is in it. */
export const SEED_ALIAS = 'ua-seed';

/** No disk gets this name; the guest never sees it. */
const TARGET = 'sdzz';

/**
 * A read-only disc behind virtio-scsi, whose controller every domain has, apart from the disks' units: Debian's cloud kernel has no driver for the
 * SATA ports of q35, and every guest that can read a disk of ours can read this.
 */
export function appendSeed(devices: XMLBuilder, path: string): void {
  const disc = devices.ele('disk', { type: 'file', device: 'cdrom' });
  disc.ele('driver', { name: 'qemu', type: 'raw' });
  disc.ele('source', { file: path });
  disc.ele('target', { dev: TARGET, bus: 'scsi' });
  disc.ele('readonly');
  disc.ele('alias', { name: SEED_ALIAS });
  disc.ele('address', { type: 'drive', controller: '0', bus: '0', target: '1', unit: '0' });
}
