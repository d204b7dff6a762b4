import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { BARE_VM, Installation, PROVIDER, vmBody } from '../installation';
import { BareCopies } from './bare.copies';
import { Comparison, LOOK_AT_MANY_EVERY_MS, becomes, print, timed } from './comparison';

/** How often each thing is measured; the many less often. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const ROUNDS_OF_MANY = Math.ceil(ROUNDS / 3);
const POOL_SIZE = 20;
const DISKS_AT_ONCE = 50;
const DISKS_OF_VM = 4;
const SIZE_GIB = 10;

const isDown = (vm: Json): boolean => vm['status'] === 'down';
const isOk = (seen: Json): boolean => seen['status'] === 'ok';
const newName = (): string => `bench-${randomUUID().slice(0, 8)}`;
const named = (name: string): string => `search=${encodeURIComponent(`name=${name}`)}&max=100`;

async function template(user: Installation): Promise<string> {
  const diskId = await user.disk({ provisioned_size: SIZE_GIB * 1024 ** 3 });
  const vmId = await user.vm(BARE_VM);
  await user.attach(vmId, diskId, { bootable: 'true' });
  const id = body(await user.api.post('/templates', { name: newName(), vm: { id: vmId } }))['id']!;
  await becomes(async () => (await user.api.get(`/templates/${id}`)).body, isOk);
  return id;
}

async function vmOf(user: Installation, templateId: string): Promise<string> {
  const id = body(await user.api.post('/vms', vmBody({ ...BARE_VM, template: { id: templateId } })))['id']!;
  await becomes(async () => (await user.api.get(`/vms/${id}`)).body, isDown);
  return id;
}

async function poolOf(user: Installation, templateId: string): Promise<string> {
  const name = newName();
  const wanted = { name, cluster: { name: 'Default' }, template: { id: templateId }, size: String(POOL_SIZE) };
  const id = body(await user.api.post('/vmpools', wanted), 201)['id']!;
  await becomes(
    async () => (await user.api.get(`/vms?${named(`${name}-*`)}`)).body,
    (seen) => seen['vm']?.length === POOL_SIZE && seen['vm'].every(isDown),
    LOOK_AT_MANY_EVERY_MS,
  );
  return id;
}

async function disksAtOnce(user: Installation): Promise<string[]> {
  const name = newName();
  const wanted = { name, provisioned_size: 1024 ** 3, format: 'raw', storage_domains: { storage_domain: [{ name: PROVIDER }] } };
  const made = await Promise.all(Array.from({ length: DISKS_AT_ONCE }, async () => body(await user.api.post('/disks', wanted))['id']!));
  await becomes(
    async () => (await user.api.get(`/disks?${named(name)}`)).body,
    (seen) => seen['disk']?.length === DISKS_AT_ONCE && seen['disk'].every(isOk),
    LOOK_AT_MANY_EVERY_MS,
  );
  return made;
}

async function vmWithDisks(user: Installation): Promise<string> {
  const vmId = await user.vm(BARE_VM);
  const disks = await Promise.all(Array.from({ length: DISKS_OF_VM }, () => user.disk()));
  for (const diskId of disks) await user.attach(vmId, diskId);
  return vmId;
}

/** Returns the snapshot's path. */
async function snapshotOf(user: Installation, vmId: string): Promise<string> {
  const made = body(await user.api.post(`/vms/${vmId}/snapshots`, { description: 'bench', persist_memorystate: 'false' }));
  const path = `/vms/${vmId}/snapshots/${made['id']!}`;
  await becomes(
    async () => (await user.api.get(path)).body,
    (seen) => seen['snapshot_status'] === 'ok',
  );
  return path;
}

/** One thing by both ways, each followed by its removal, which is not measured. */
interface Work<Bare, Made> {
  comparison: Comparison;
  rounds: number;
  bare: () => Promise<Bare>;
  removeBare: (made: Bare) => Promise<void>;
  make: () => Promise<Made>;
  remove: (made: Made) => Promise<unknown>;
}

async function measured<Bare, Made>({ comparison, rounds, bare, removeBare, make, remove }: Work<Bare, Made>): Promise<Comparison> {
  for (let round = 0; round < rounds; round++) {
    await removeBare(await timed(comparison.floor, bare));
    await remove(await timed(comparison.clinker, make));
  }
  return comparison;
}

function ofTemplates(user: Installation, bare: BareCopies, templateId: string): (() => Promise<Comparison>)[] {
  const removeBare = (ids: string[]) => bare.remove(ids);
  const one = {
    comparison: new Comparison(`VM from a template with a ${SIZE_GIB} GiB disk`),
    rounds: ROUNDS,
    bare: () => bare.copies(1),
    removeBare,
    make: () => vmOf(user, templateId),
    remove: (id: string) => user.gone(`/vms/${id}`),
  };
  const pool = {
    comparison: new Comparison(`pool of ${POOL_SIZE} such VMs`),
    rounds: ROUNDS_OF_MANY,
    bare: () => bare.copies(POOL_SIZE),
    removeBare,
    make: () => poolOf(user, templateId),
    remove: (id: string) => user.gone(`/vmpools/${id}`),
  };
  return [() => measured(one), () => measured(pool)];
}

function ofDisks(user: Installation, bare: BareCopies, vmId: string): (() => Promise<Comparison>)[] {
  const snapshot = {
    comparison: new Comparison(`snapshot of a VM with ${DISKS_OF_VM} disks`),
    rounds: ROUNDS,
    bare: () => bare.snapshots(),
    removeBare: (ids: string[]) => bare.removeSnapshots(ids),
    make: () => snapshotOf(user, vmId),
    remove: (path: string) => user.gone(path),
  };
  const disks = {
    comparison: new Comparison(`${DISKS_AT_ONCE} disks created at once`),
    rounds: ROUNDS_OF_MANY,
    bare: () => bare.empty(DISKS_AT_ONCE),
    removeBare: (ids: string[]) => bare.remove(ids),
    make: () => disksAtOnce(user),
    remove: (ids: string[]) => Promise.all(ids.map((id) => user.gone(`/disks/${id}`))),
  };
  return [() => measured(snapshot), () => measured(disks)];
}

async function main(): Promise<void> {
  const user = new Installation();
  await user.ensureStorage();
  const bare = new BareCopies(SIZE_GIB);
  await bare.open(DISKS_OF_VM);
  const templateId = await template(user);
  const works = [...ofTemplates(user, bare, templateId), ...ofDisks(user, bare, await vmWithDisks(user))];
  const results: Comparison[] = [];
  for (const work of works) results.push(await work());
  print(ROUNDS, results);
  await user.gone(`/templates/${templateId}`);
  await user.cleanUp();
  await Promise.all([bare.close(), user.api.close()]);
}

void main();
