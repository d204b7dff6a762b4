import type { DiskDefinition, Monitor, RbdSource, SecretDefinition, VmDefinition } from '@clinker/agent-protocol';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const POOL = 'volumes';
const MIB = 1_048_576;

/** A value that `lab env` gives. */
export function labValue(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: eval "$(npm run -s lab -- env)"`);
  return value;
}

export const labMonitors = (): Monitor[] =>
  labValue('LAB_MONITORS')
    .split(/\s+/)
    .map((host) => ({ host: host.split(':')[0] ?? host, port: null }));

/** The key of the lab's Ceph user, in base64. */
export const labKey = (): string => readFileSync(labValue('CEPH_KEY_FILE'), 'utf8').trim();

/** Runs the lab's `rbd` as its administrator. */
export async function rbd(...args: string[]): Promise<string> {
  const { stdout } = await execute('rbd', ['--conf', labValue('CEPH_CONF'), ...args]);
  return stdout;
}

/** An image of the test's own. */
export async function createImage(sizeMib: number): Promise<{ image: string; sizeBytes: number }> {
  const image = `${POOL}/agent-test-${randomUUID()}`;
  await rbd('create', '--size', `${sizeMib}M`, image);
  return { image, sizeBytes: sizeMib * MIB };
}

export async function removeImage(image: string): Promise<void> {
  await rbd('--no-progress', 'rm', image);
}

export const CLUSTER_ID = randomUUID();

/** A secret as the engine would send it, with the lab's key unless another one is given. */
export function secretDefinition(value = labKey(), uuid: string = randomUUID()): SecretDefinition {
  return { uuid, usageType: 'ceph', usageName: `clinker/agent-test/${uuid}`, description: 'of a test', value };
}

export function rbdSource(image: string, secretUuid: string | null, monitors = labMonitors()): RbdSource {
  return { kind: 'rbd', clusterId: CLUSTER_ID, image, monitors, user: labValue('CEPH_USER'), secretUuid };
}

export function diskDefinition(source: RbdSource, sizeBytes: number, changes: Partial<DiskDefinition> = {}): DiskDefinition {
  return {
    diskId: randomUUID(),
    volumeId: randomUUID(),
    source,
    sizeBytes,
    interface: 'virtio_scsi',
    readOnly: false,
    shareable: false,
    passDiscard: false,
    cache: 'none',
    errorPolicy: 'stop',
    bootOrder: null,
    ...changes,
  };
}

/** A VM that boots the lab's guest, whose console reports disks as they come and go. */
export function vmDefinition(disks: DiskDefinition[], changes: Partial<VmDefinition> = {}): VmDefinition {
  const vmId = randomUUID();
  return {
    vmId,
    name: `agent-test-${vmId}`,
    memoryBytes: 256 * MIB,
    cpu: { sockets: 1, cores: 1, threads: 1 },
    os: { kernel: labValue('LAB_GUEST_KERNEL'), initrd: labValue('LAB_GUEST_INITRD'), cmdline: 'console=ttyS0 quiet', bootDevices: ['hd'] },
    disks,
    nics: [],
    ...changes,
  };
}
