import { messages, renderMessage } from '@clinker/ovirt-api';
import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import { type Sealed, mergedInitialization } from '../initialization/kept.initialization';
import { highAvailabilityOf } from './high-availability.settings';
import type { Vm } from './vm.entity';
import { type UpdateVm, VM_LIMITS } from './vm.input';
import { unappliedOf } from './vm.unapplied';

/** What of a VM its clients choose. */
export type VmSettings = Pick<
  Vm,
  | 'description'
  | 'comment'
  | 'type'
  | 'memory'
  | 'memoryGuaranteed'
  | 'memoryMax'
  | 'sockets'
  | 'cores'
  | 'threads'
  | 'osType'
  | 'osKernel'
  | 'osInitrd'
  | 'osCmdline'
  | 'bootDevices'
  | 'deleteProtected'
  | 'highlyAvailable'
  | 'haPriority'
  | 'initialization'
  | 'unapplied'
>;

const GIB = 1_073_741_824;

/** oVirt allows a VM to grow to four times its memory unless told otherwise. */
const MAX_MEMORY_FACTOR = 4;

/** What a VM of the Blank template gets. */
export const BLANK_SETTINGS: VmSettings = {
  description: '',
  comment: '',
  type: 'server',
  memory: GIB,
  memoryGuaranteed: GIB,
  memoryMax: MAX_MEMORY_FACTOR * GIB,
  sockets: 1,
  cores: 1,
  threads: 1,
  osType: 'other',
  osKernel: null,
  osInitrd: null,
  osCmdline: null,
  bootDevices: ['hd'],
  deleteProtected: false,
  highlyAvailable: false,
  haPriority: 0,
  initialization: {},
  unapplied: {},
};

export type AskedSettings = Sealed<Omit<UpdateVm, 'name' | 'cluster' | 'instance_type'>>;
type Part = Partial<VmSettings>;
type Action = 'add' | 'edit' | 'run';

const KEYS = Object.keys(BLANK_SETTINGS) as (keyof VmSettings)[];

/** When only the memory is changed, the guarantee shrinks with it and the maximum grows with it; a new VM gets both anew. */
function memoryPart(now: VmSettings, { memory = now.memory, memory_policy: policy }: AskedSettings, action: Action): Part {
  const isNew = action === 'add' && memory !== now.memory;
  const guaranteed = isNew ? memory : Math.min(now.memoryGuaranteed, memory);
  const max = isNew ? Math.min(MAX_MEMORY_FACTOR * memory, VM_LIMITS.memory) : Math.max(now.memoryMax, memory);
  return { memory, memoryGuaranteed: policy?.guaranteed ?? guaranteed, memoryMax: policy?.max ?? max };
}

function cpuPart(now: VmSettings, { cpu }: AskedSettings): Part {
  const { sockets = now.sockets, cores = now.cores, threads = now.threads } = cpu?.topology ?? {};
  return { sockets, cores, threads };
}

const textOrNull = (asked: string | undefined, now: string | null): string | null => (asked === undefined ? now : asked || null);

function osPart(now: VmSettings, { os }: AskedSettings): Part {
  const devices = os?.boot?.devices ?? [];
  return {
    osType: os?.type ?? now.osType,
    osKernel: textOrNull(os?.kernel, now.osKernel),
    osInitrd: textOrNull(os?.initrd, now.osInitrd),
    osCmdline: textOrNull(os?.cmdline, now.osCmdline),
    bootDevices: devices.length > 0 ? devices : now.bootDevices,
  };
}

function check(settings: VmSettings, action: Action): void {
  const refuse = (what: string) => new InvalidInputError(`Cannot ${action} VM. ${what}`);
  const { memory, memoryGuaranteed, memoryMax, sockets, cores, threads } = settings;
  if (memoryGuaranteed > memory)
    throw new InvalidInputError(renderMessage(messages.VM_MIN_MEMORY_CANNOT_EXCEED_MEMORY_SIZE, { action, type: 'VM' }));
  if (memory > memoryMax) throw refuse('Memory Size cannot exceed the maximum memory of the VM.');
  if (sockets * cores * threads > VM_LIMITS.cpus) throw refuse(`A VM can have ${VM_LIMITS.cpus} CPUs at most.`);
  if (!settings.osKernel && (settings.osInitrd ?? settings.osCmdline)) throw refuse('An initrd or a kernel command line needs a kernel.');
  if (new Set(settings.bootDevices).size < settings.bootDevices.length) throw refuse('A boot device is named twice.');
}

/**
 * The settings that a VM has after a request.
 * @param action for the message
 * @throws InvalidInputError, UnsupportedError
 */
export function settingsOf(now: VmSettings, asked: AskedSettings, action: Action): VmSettings {
  if (asked.stateless) throw new UnsupportedError(`Cannot ${action} VM. Stateless VMs are not supported.`);
  const plain = { type: asked.type ?? now.type, ...liveSettings(now, asked) };
  const settings = { ...BLANK_SETTINGS, ...plain, ...memoryPart(now, asked, action), ...cpuPart(now, asked), ...osPart(now, asked) };
  check(settings, action);
  return settings;
}

/** What of a request a running VM takes at once, because its guest sees nothing of it. */
export const liveSettings = (
  now: VmSettings,
  asked: AskedSettings,
): Pick<VmSettings, 'description' | 'comment' | 'deleteProtected' | 'highlyAvailable' | 'haPriority' | 'initialization' | 'unapplied'> => ({
  description: asked.description ?? now.description,
  comment: asked.comment ?? now.comment,
  deleteProtected: asked.delete_protected ?? now.deleteProtected,
  ...highAvailabilityOf(now, asked.high_availability),
  initialization: mergedInitialization(now.initialization, asked.initialization),
  unapplied: unappliedOf(now.unapplied, asked),
});

/** As PostgreSQL gives it back. */
const stored = (setting: unknown): unknown => JSON.parse(JSON.stringify(setting));

/** Names of the settings that differ. */
export const changedSettings = (now: VmSettings, next: VmSettings): (keyof VmSettings)[] =>
  KEYS.filter((key) => !isDeepStrictEqual(stored(now[key]), stored(next[key])));

/** Only the settings, of what may have more members. */
export const ownSettings = (settings: VmSettings): VmSettings =>
  Object.fromEntries(KEYS.map((key) => [key, settings[key]])) as unknown as VmSettings;
