import { CinderClient } from '@clinker/cinder';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Json, body } from '../api.client';
import { BARE_VM, Installation, vmBody } from '../installation';
import { labValue } from '../lab';
import { Comparison, becomes, print, timed } from './comparison';

/** How often each thing is measured; the pools less often, because they make twenty of everything. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const POOL_ROUNDS = Math.ceil(ROUNDS / 3);
const POOL_SIZE = 20;

const SIZE_GIB = 10;

/** Volumes of a snapshot, by the bare calls. */
class BareCopies {
  private readonly cinder = new CinderClient({
    authenticationUrl: labValue('OS_AUTH_URL'),
    username: labValue('LAB_CINDER_USER'),
    password: labValue('LAB_CINDER_PASSWORD'),
    projectName: labValue('LAB_CINDER_PROJECT'),
  });
  private volumeId = '';
  private snapshotId = '';

  /** What is copied. */
  async open(): Promise<void> {
    const { id } = await this.cinder.createVolume({ name: 'bench-source', sizeGiB: SIZE_GIB, metadata: {} });
    this.volumeId = id;
    await becomes(() => this.cinder.volume(id), isAvailable);
    this.snapshotId = (await this.cinder.createSnapshot({ volumeId: id, name: 'bench-source', metadata: {} })).id;
    await becomes(() => this.cinder.snapshot(this.snapshotId), isAvailable);
  }

  /** So many volumes, all asked for at once, until all are available. */
  async create(count: number): Promise<string[]> {
    const name = `bench-${randomUUID()}`;
    const wanted = { name, sizeGiB: SIZE_GIB, snapshotId: this.snapshotId, metadata: {} };
    const volumes = await Promise.all(Array.from({ length: count }, () => this.cinder.createVolume(wanted)));
    await becomes(
      () => this.cinder.findVolumes({ name }),
      (found) => found.every(isAvailable),
    );
    return volumes.map(({ id }) => id);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.cinder.deleteVolume(id)));
    const left = new Set(ids);
    while ((await this.cinder.findVolumeIds({})).some((id) => left.has(id))) await pause(100);
  }

  async close(): Promise<void> {
    await this.cinder.deleteSnapshot(this.snapshotId);
    while ((await this.cinder.findSnapshots({})).some(({ id }) => id === this.snapshotId)) await pause(100);
    await this.cinder.deleteVolume(this.volumeId);
    await this.cinder.close();
  }
}

const isAvailable = ({ status }: { status: string }): boolean => status === 'available';
const isDown = (vm: Json): boolean => vm['status'] === 'down';

async function template(user: Installation): Promise<string> {
  const diskId = await user.disk({ provisioned_size: SIZE_GIB * 1024 ** 3 });
  const vmId = await user.vm(BARE_VM);
  await user.attach(vmId, diskId, { bootable: 'true' });
  const id = body(await user.api.post('/templates', { name: `bench-${randomUUID().slice(0, 8)}`, vm: { id: vmId } }))['id']!;
  await becomes(
    async () => (await user.api.get(`/templates/${id}`)).body,
    (seen) => seen['status'] === 'ok',
  );
  return id;
}

async function vmOf(user: Installation, templateId: string): Promise<string> {
  const id = body(await user.api.post('/vms', vmBody({ ...BARE_VM, template: { id: templateId } })))['id']!;
  await becomes(async () => (await user.api.get(`/vms/${id}`)).body, isDown);
  return id;
}

async function poolOf(user: Installation, templateId: string): Promise<string> {
  const name = `bench-${randomUUID().slice(0, 8)}`;
  const wanted = { name, cluster: { name: 'Default' }, template: { id: templateId }, size: String(POOL_SIZE) };
  const id = body(await user.api.post('/vmpools', wanted), 201)['id']!;
  const members = `/vms?search=${encodeURIComponent(`name=${name}-*`)}`;
  await becomes(
    async () => (await user.api.get(members)).body,
    (seen) => seen['vm']?.length === POOL_SIZE && seen['vm'].every(isDown),
  );
  return id;
}

async function main(): Promise<void> {
  const user = new Installation();
  await user.ensureStorage();
  const bare = new BareCopies();
  const [templateId] = await Promise.all([template(user), bare.open()]);
  const [one, many] = [
    new Comparison(`VM from a template with a ${SIZE_GIB} GiB disk until down`),
    new Comparison(`pool of ${POOL_SIZE} such VMs until all are down`),
  ];
  for (let round = 0; round < ROUNDS; round++) {
    await bare.remove(await timed(one.floor, () => bare.create(1)));
    await user.gone(`/vms/${await timed(one.clinker, () => vmOf(user, templateId))}`);
  }
  for (let round = 0; round < POOL_ROUNDS; round++) {
    await bare.remove(await timed(many.floor, () => bare.create(POOL_SIZE)));
    await user.gone(`/vmpools/${await timed(many.clinker, () => poolOf(user, templateId))}`);
  }
  print(ROUNDS, [one, many]);
  await user.gone(`/templates/${templateId}`);
  await user.cleanUp();
  await Promise.all([bare.close(), user.api.close()]);
}

void main();
