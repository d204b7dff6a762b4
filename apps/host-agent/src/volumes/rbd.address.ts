import type { RbdAttachment } from './connector';
import { monitorAddress } from './rbd-image.inspector';

/** QEMU splits its rbd addresses at these, unless a backslash stands before. */
const escaped = (text: string): string => text.replace(/[\\:@=]/g, (character) => `\\${character}`);

/**
 * An RBD image as QEMU's tools name it on their command line (block/rbd.c): pool and image, then librados' settings.
 * @param keyFile where the key stands; null for a cluster without cephx
 */
export function rbdAddress({ image, monitors, configFile, auth }: RbdAttachment, keyFile: string | null): string {
  const settings = {
    conf: configFile,
    mon_host: monitors.map(monitorAddress).join(','),
    ...(auth && keyFile ? { id: auth.user, keyfile: keyFile } : { auth_client_required: 'none' }),
  };
  const parts = Object.entries(settings).map(([name, value]) => `${name}=${escaped(value)}`);
  return `rbd:${escaped(image)}:${parts.join(':')}`;
}
