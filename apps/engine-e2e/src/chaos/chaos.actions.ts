import type { ApiAnswer, Json } from '../api.client';
import { BARE_VM } from '../installation';
import { CHAOS, CHAOS_PROVIDER, type ChaosWorld, type Seen } from './chaos.world';
import type { Random } from './random';

const GIB = 1024 ** 3;

/** How many disks and VMs there are at most. */
const MOST = { disks: 60, vms: 20 };

/** How often a user asks for something that cannot be now. */
const FOOLISH = 0.1;

interface Turn {
  readonly world: ChaosWorld;
  readonly random: Random;
}

/** Something that a user does; undefined if there is nothing to do it with. */
export interface ChaosAction {
  readonly name: string;
  readonly weight: number;
  act(turn: Turn): Promise<ApiAnswer | undefined>;
}

const newDisk = ({ random }: Turn, id: string): object => ({
  id,
  name: `${CHAOS}${id.slice(0, 8)}`,
  provisioned_size: GIB * (1 + random.below(2)),
  format: 'raw',
  storage_domains: { storage_domain: [{ name: CHAOS_PROVIDER }] },
});

const newVm = ({ random }: Turn): object => ({
  name: `${CHAOS}${random.uuid().slice(0, 8)}`,
  cluster: { name: 'Default' },
  template: { name: 'Blank' },
  ...BARE_VM,
  os: { type: 'other_linux', boot: { devices: { device: ['network'] } } },
});

/** One of them whose status fits, and now and then any. */
const choose = (random: Random, from: readonly Seen[], ...statuses: string[]): Seen | undefined =>
  random.pick(random.chance(FOOLISH) ? from : from.filter(({ status }) => statuses.includes(status)));

const vmPath = ({ world, random }: Turn, ...statuses: string[]): string | undefined => {
  const vm = choose(random, world.vms, ...statuses);
  return vm && `/vms/${vm.id}`;
};

const onVm = (what: string, statuses: string[], act: (turn: Turn, path: string) => Promise<ApiAnswer | undefined>) => ({
  name: what,
  act: async (turn: Turn) => {
    const path = vmPath(turn, ...statuses);
    return path === undefined ? undefined : act(turn, path);
  },
});

/** An attachment of a VM, running or not. */
async function attachment({ world, random }: Turn, fits: (one: Json) => boolean, ...statuses: string[]): Promise<string | undefined> {
  const vm = choose(random, world.vms, ...statuses);
  if (!vm) return undefined;
  const { status, body } = await world.api.get(`/vms/${vm.id}/diskattachments`);
  const found = status === 200 ? random.pick((body['disk_attachment'] ?? []).filter(fits)) : undefined;
  return found && `/vms/${vm.id}/diskattachments/${found['id']!}`;
}

/** Something with a snapshot of a VM. */
const onSnapshot = (what: string, statuses: string[], act: (turn: Turn, vm: string, id: string) => Promise<ApiAnswer>) => ({
  ...onVm(what, statuses, async (turn, path) => {
    const { status, body } = await turn.world.api.get(`${path}/snapshots`);
    const regular = status === 200 ? (body['snapshot'] ?? []).filter((one: Json) => one['snapshot_type'] !== 'active') : [];
    const found = turn.random.pick(regular);
    return found && act(turn, path, found['id']!);
  }),
});

const RUNNING = ['up', 'powering_up', 'paused'];
const ANY = [...RUNNING, 'down'];
const isActive = (one: Json): boolean => (one['active'] as unknown as string) === 'true';

async function plug(turn: Turn, active: boolean): Promise<ApiAnswer | undefined> {
  const path = await attachment(turn, (one) => isActive(one) !== active, ...RUNNING);
  return path === undefined ? undefined : turn.world.api.put(path, { active: String(active) });
}

async function domain({ world }: Turn, action: string): Promise<ApiAnswer | undefined> {
  const centers = await world.api.get('/datacenters?search=name%3DDefault');
  const path = `/datacenters/${centers.body['data_center']?.[0]?.['id'] ?? ''}/storagedomains`;
  const found = (await world.api.get(path)).body['storage_domain']?.find((one: Json) => one['name'] === CHAOS_PROVIDER);
  return found && world.api.post(`${path}/${found['id']!}/${action}`);
}

/** What users do, and how often. */
export const ACTIONS: readonly ChaosAction[] = [
  {
    name: 'create disk',
    weight: 10,
    act: async (turn) =>
      turn.world.disks.length < MOST.disks ? turn.world.api.post('/disks', newDisk(turn, turn.random.uuid())) : undefined,
  },
  {
    name: 'remove disk',
    weight: 6,
    act: async ({ world, random }) => {
      const disk = choose(random, world.disks, 'ok', 'illegal');
      return disk && world.api.delete(`/disks/${disk.id}?async=true`);
    },
  },
  {
    name: 'extend disk',
    weight: 4,
    act: async ({ world, random }) => {
      const disk = choose(random, world.disks, 'ok');
      return disk && world.api.put(`/disks/${disk.id}`, { provisioned_size: GIB * (2 + random.below(3)) });
    },
  },
  {
    weight: 8,
    ...onVm('attach new disk', ANY, async (turn, path) => {
      if (turn.world.disks.length >= MOST.disks) return undefined;
      const disk = newDisk(turn, turn.random.uuid());
      return turn.world.api.post(`${path}/diskattachments`, { disk, interface: 'virtio_scsi', bootable: 'false', active: 'true' });
    }),
  },
  {
    weight: 10,
    ...onVm('attach disk', ANY, async ({ world, random }, path) => {
      const disk = choose(random, world.disks, 'ok');
      const active = String(random.chance(0.7));
      return (
        disk && world.api.post(`${path}/diskattachments`, { disk: { id: disk.id }, interface: 'virtio_scsi', bootable: 'false', active })
      );
    }),
  },
  { name: 'plug disk', weight: 8, act: (turn) => plug(turn, true) },
  { name: 'unplug disk', weight: 8, act: (turn) => plug(turn, false) },
  {
    name: 'detach disk',
    weight: 5,
    act: async (turn) => {
      const path = await attachment(turn, () => true, ...ANY);
      return path === undefined ? undefined : turn.world.api.delete(`${path}${turn.random.chance(0.3) ? '?detach_only=false' : ''}`);
    },
  },
  { weight: 16, ...onVm('start VM', ['down'], async ({ world }, path) => world.api.post(`${path}/start`)) },
  { weight: 9, ...onVm('stop VM', RUNNING, async ({ world }, path) => world.api.post(`${path}/stop`)) },
  {
    weight: 2,
    ...onVm('rename VM', ANY, async ({ world, random }, path) => world.api.put(path, { name: `${CHAOS}${random.uuid().slice(0, 8)}` })),
  },
  {
    weight: 2,
    ...onVm('remove VM', ['down'], async ({ world, random }, path) =>
      world.api.delete(`${path}${random.chance(0.5) ? '?detach_only=true' : ''}`),
    ),
  },
  {
    name: 'add VM',
    weight: 4,
    act: async (turn) => (turn.world.vms.length < MOST.vms ? turn.world.api.post('/vms', newVm(turn)) : undefined),
  },
  {
    weight: 8,
    ...onVm('create snapshot', ANY, async ({ world }, path) => world.api.post(`${path}/snapshots`, { description: 'chaos' })),
  },
  { weight: 4, ...onSnapshot('remove snapshot', ANY, (turn, vm, id) => turn.world.api.delete(`${vm}/snapshots/${id}`)) },
  {
    weight: 4,
    ...onSnapshot('preview snapshot', ['down'], (turn, vm, id) => turn.world.api.post(`${vm}/previewsnapshot`, { snapshot: { id } })),
  },
  { weight: 3, ...onVm('undo preview', ['down'], async ({ world }, path) => world.api.post(`${path}/undosnapshot`)) },
  { weight: 3, ...onVm('commit preview', ['down'], async ({ world }, path) => world.api.post(`${path}/commitsnapshot`)) },
  { name: 'deactivate domain', weight: 0.4, act: (turn) => domain(turn, 'deactivate') },
  { name: 'activate domain', weight: 2, act: (turn) => domain(turn, 'activate') },
];

/** As many VMs as there may be. */
export async function fillWithVms(turn: Turn): Promise<void> {
  await Promise.all(Array.from({ length: MOST.vms }, () => turn.world.api.post('/vms', newVm(turn))));
}
