import { AgentError } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { SecretsService } from '../secrets/secrets.service';
import { CephConfFiles } from './ceph-conf.file';
import type { Connector, DiskOf, RbdAttachment } from './connector';
import { type ProbedMonitors, probeMonitors } from './monitor.probe';
import { type RbdAccess, RbdImageInspector } from './rbd-image.inspector';

/** A look ahead is of no use after so long (ms): the image may have changed. */
const EXPECTED_WITHIN_MS = 5_000;

/** What of a disk says which image it is. */
type RbdVolume = Pick<DiskOf<'rbd'>, 'source' | 'sizeBytes'>;

/**
 * RBD images, which QEMU opens itself through librbd: nothing is mapped on the host. `connect` is the preflight that keeps QEMU from ever
 * meeting a cluster that does not answer, an image that is not there or a key that does not fit.
 */
@Injectable()
export class RbdConnector implements Connector<'rbd'> {
  readonly kind = 'rbd';
  /** Sizes (bytes) of images that were asked for while Cinder still attached them; each serves once, and soon. */
  private readonly expected = new Map<string, Promise<number | undefined>>();

  constructor(
    private readonly secrets: SecretsService,
    private readonly conf: CephConfFiles,
    private readonly images: RbdImageInspector,
  ) {}

  /** @throws AgentError `monitors_unreachable`, `image_not_found`, `image_size_differs`, `access_denied`, `secret_missing` */
  async connect(volume: RbdVolume): Promise<RbdAttachment> {
    const { source } = volume;
    const { access, silent } = await this.reach(source);
    await this.requireSize(volume, access);
    const { configFile, monitors } = access;
    const auth = source.user && source.secretUuid ? { user: source.user, secretUuid: source.secretUuid } : null;
    return { kind: 'rbd', image: source.image, monitors: [...monitors, ...silent], configFile, auth };
  }

  /** Begins to look at an image that is about to be connected. What it cannot see, `connect` looks at again. */
  async expect({ source }: RbdVolume): Promise<void> {
    const { access } = await this.reach(source);
    const key = keyOf(source.image, access);
    const size = this.images.size(source.image, access).catch(() => undefined);
    this.expected.set(key, size);
    setTimeout(() => this.forget(key, size), EXPECTED_WITHIN_MS).unref();
  }

  /** librbd closes the image with QEMU's device; there is nothing of it on the host. */
  async disconnect(): Promise<void> {}

  /** @throws AgentError `monitors_unreachable`, `secret_missing` */
  private async reach(source: RbdVolume['source']): Promise<{ access: RbdAccess; silent: ProbedMonitors['silent'] }> {
    const [configFile, auth, { live, silent }] = await Promise.all([
      this.conf.ensure(source.clusterId),
      this.auth(source),
      probeMonitors(source.monitors),
    ]);
    requireLive({ live, silent }, source.image);
    return { access: { monitors: live, configFile, auth }, silent };
  }

  private async auth({ user, secretUuid }: RbdVolume['source']): Promise<RbdAccess['auth']> {
    return user && secretUuid ? { user, key: await this.secrets.key(secretUuid) } : null;
  }

  private async requireSize({ source, sizeBytes }: RbdVolume, access: RbdAccess): Promise<void> {
    const size = (await this.takeExpected(keyOf(source.image, access))) ?? (await this.images.size(source.image, access));
    if (size === sizeBytes) return;
    throw new AgentError('image_size_differs', `the image ${source.image} has ${size} bytes, and the engine says ${sizeBytes}`);
  }

  private takeExpected(key: string): Promise<number | undefined> | undefined {
    const size = this.expected.get(key);
    this.expected.delete(key);
    return size;
  }

  private forget(key: string, size: Promise<number | undefined>): void {
    if (this.expected.get(key) === size) this.expected.delete(key);
  }
}

/** Whoever looks at the same image in the same way. */
const keyOf = (image: string, { monitors, auth }: RbdAccess): string => JSON.stringify([image, monitors, auth]);

function requireLive({ live, silent }: ProbedMonitors, image: string): void {
  if (live.length > 0) return;
  const names = silent.map(({ host, port }) => (port === null ? host : `${host} port ${port}`)).join(', ');
  throw new AgentError('monitors_unreachable', `no monitor of the cluster of ${image} answers: ${names}`);
}
