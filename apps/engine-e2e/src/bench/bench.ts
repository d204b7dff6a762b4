import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { body } from '../api.client';
import { Installation } from '../installation';
import { ROOT, inLab } from '../lab';
import { Comparison, becomes, print, timed } from './comparison';
import { Floor, newVmId } from './floor';

/** How often each thing is measured. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);

type Comparisons = readonly [create: Comparison, start: Comparison, attach: Comparison];

async function createThroughClinker(user: Installation, domainId: string): Promise<string> {
  const wanted = { name: 'bench', provisioned_size: 1024 ** 3, format: 'raw', storage_domains: { storage_domain: [{ id: domainId }] } };
  const id = body(await user.api.post('/disks', wanted))['id']!;
  await becomes(
    async () => (await user.api.get(`/disks/${id}`)).body,
    (disk) => disk['status'] === 'ok',
  );
  user.created.disks.push(id);
  return id;
}

async function attachThroughClinker(user: Installation, vmId: string, diskId: string): Promise<void> {
  const attachment = { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'false', active: 'true' };
  body(await user.api.post(`/vms/${vmId}/diskattachments`, attachment));
  await becomes(
    async () => (await user.api.get(`/vms/${vmId}/diskattachments/${diskId}`)).body,
    (seen) => seen['active'] === 'true',
  );
}

async function startThroughClinker(user: Installation, vmId: string): Promise<void> {
  body(await user.api.post(`/vms/${vmId}/start`));
  await becomes(
    async () => (await user.api.get(`/vms/${vmId}`)).body,
    (vm) => vm['status'] === 'up',
  );
}

/** The three things by the bare calls. */
async function bareRound(floor: Floor, [create, start, attach]: Comparisons): Promise<void> {
  const volumes = [await timed(create.floor, () => floor.createVolume()), await floor.createVolume()] as const;
  const vm = newVmId();
  const root = await timed(start.floor, () => floor.start(vm, volumes[0]));
  const second = await timed(attach.floor, () => floor.attach(vm, volumes[1]));
  await floor.detach(vm, volumes[1], second);
  await floor.stop(vm, root);
  await Promise.all(volumes.map((id) => floor.deleteVolume(id)));
}

/** The three things through Clinker. */
async function clinkerRound(user: Installation, domainId: string, [create, start, attach]: Comparisons): Promise<void> {
  const root = await timed(create.clinker, () => createThroughClinker(user, domainId));
  const second = await createThroughClinker(user, domainId);
  const vm = await user.vm();
  await user.attach(vm, root, { bootable: 'true' });
  await timed(start.clinker, () => startThroughClinker(user, vm));
  await timed(attach.clinker, () => attachThroughClinker(user, vm, second));
  await user.cleanUp();
}

/** Both ways one after the other, so that both meet the same machine, and none while the other's guest boots; in turns, who is first. */
async function round(number: number, ways: readonly (() => Promise<void>)[]): Promise<void> {
  const ordered = number % 2 === 0 ? ways : [...ways].reverse();
  for (const way of ordered) await way();
}

/** The resident memory of this lab's daemons by their entry. */
function memoryOf(entry: string): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const mine = pids.filter((pid) => commandLine(pid).some((word) => word === join(ROOT, 'dist', entry)));
  return mine
    .map((pid) => `${(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024).toFixed(0)} MB`)
    .join(', ');
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

async function connectorOf(user: Installation): Promise<Record<string, unknown>> {
  const { host } = body(await user.api.get('/hosts')) as unknown as { host: { address: string; name: string }[] };
  const name = (await inLab('host-1', 'hostname')).trim();
  return { host: name, ip: host[0]?.address, platform: 'x86_64', os_type: 'linux', multipath: false, do_local_attach: false };
}

async function main(): Promise<void> {
  const user = new Installation();
  const { domainId } = await user.ensureStorage();
  const floor = new Floor(await connectorOf(user));
  await floor.libvirt.connect();
  const results: Comparisons = [
    new Comparison('create a disk of 1 GiB until ok'),
    new Comparison('start a VM with one disk until up'),
    new Comparison('attach a disk to a running VM until active'),
  ];
  for (let number = 0; number < ROUNDS; number++)
    await round(number, [() => bareRound(floor, results), () => clinkerRound(user, domainId, results)]);
  print(ROUNDS, results);
  console.log(`\nMemory after it: engine ${memoryOf('apps/engine/src/main.js')}, agent ${memoryOf('apps/host-agent/src/main.js')}`);
  await floor.close();
  await user.api.close();
}

void main();
