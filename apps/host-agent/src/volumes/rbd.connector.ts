import { AgentError } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { SecretsService } from '../secrets/secrets.service';
import { CephConfFiles } from './ceph-conf.file';
import type { Connector, DiskOf, RbdAttachment } from './connector';
import { type ProbedMonitors, probeMonitors } from './monitor.probe';
import { type RbdAccess, RbdImageInspector } from './rbd-image.inspector';

/** What of a disk says which image it is. */
type RbdVolume = Pick<DiskOf<'rbd'>, 'source' | 'sizeBytes'>;

/**
 * RBD images, which QEMU opens itself through librbd: nothing is mapped on the host. `connect` is the preflight that keeps QEMU from ever
 * meeting a cluster that does not answer, an image that is not there or a key that does not fit.
 */
@Injectable()
export class RbdConnector implements Connector<'rbd'> {
  readonly kind = 'rbd';

  constructor(
    private readonly secrets: SecretsService,
    private readonly conf: CephConfFiles,
    private readonly images: RbdImageInspector,
  ) {}

  /** @throws AgentError `monitors_unreachable`, `image_not_found`, `image_size_differs`, `access_denied`, `secret_missing` */
  async connect(disk: RbdVolume): Promise<RbdAttachment> {
    const { source } = disk;
    const [configFile, access, monitors] = await Promise.all([
      this.conf.ensure(source.clusterId),
      this.access(disk),
      probeMonitors(source.monitors),
    ]);
    requireLive(monitors, source.image);
    await this.requireSize(disk, { monitors: monitors.live, configFile, auth: access });
    const auth = source.user && source.secretUuid ? { user: source.user, secretUuid: source.secretUuid } : null;
    return { kind: 'rbd', image: source.image, monitors: [...monitors.live, ...monitors.silent], configFile, auth };
  }

  /** librbd closes the image with QEMU's device; there is nothing of it on the host. */
  async disconnect(): Promise<void> {}

  private async access({ source }: RbdVolume): Promise<RbdAccess['auth']> {
    if (!source.user || !source.secretUuid) return null;
    return { user: source.user, key: await this.secrets.key(source.secretUuid) };
  }

  private async requireSize({ source, sizeBytes }: RbdVolume, access: RbdAccess): Promise<void> {
    const size = await this.images.size(source.image, access);
    if (size === sizeBytes) return;
    throw new AgentError('image_size_differs', `the image ${source.image} has ${size} bytes, and the engine says ${sizeBytes}`);
  }
}

function requireLive({ live, silent }: ProbedMonitors, image: string): void {
  if (live.length > 0) return;
  const names = silent.map(({ host, port }) => (port === null ? host : `${host} port ${port}`)).join(', ');
  throw new AgentError('monitors_unreachable', `no monitor of the cluster of ${image} answers: ${names}`);
}
