import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Seconds after which librados gives up to mount a cluster, or to hear of a monitor. Without it QEMU's main loop hangs with dead monitors. */
const PATIENCE_S = 3;

/**
 * No `rados_osd_op_timeout`: the guest would see an I/O error at every hiccup of an OSD. No logs and no sockets: the file is read inside QEMU.
 */
const TEXT = `[global]
client_mount_timeout = ${PATIENCE_S}
rados_mon_op_timeout = ${PATIENCE_S}
log_file =
log_to_stderr = false
err_to_stderr = false
mon_cluster_log_to_stderr = false
admin_socket =
`;

/** Conf files for librados inside QEMU and for the `rbd` tool, one per cluster. */
export class CephConfFiles {
  private readonly written = new Set<string>();

  constructor(private readonly folder: string) {}

  /** The path of a cluster's file, which is there when this returns. */
  async ensure(clusterId: string): Promise<string> {
    const path = join(this.folder, `${clusterId}.conf`);
    if (this.written.has(path)) return path;
    await mkdir(this.folder, { recursive: true, mode: 0o755 });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, TEXT, { mode: 0o644 });
    await rename(draft, path);
    this.written.add(path);
    return path;
  }
}

/** The cluster that a conf file in a domain's XML belongs to. */
export const clusterOfConf = (path: string): string => basename(path, '.conf');
