import type { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import type { Vm } from './vm.entity';
import type { RunOnce } from './vm.run-once';
import { type AskedSettings, type VmSettings, changedSettings, liveSettings, ownSettings, settingsOf } from './vm.settings';

/** The VM as it is but for what was asked for this run only. */
export const asStored = (vm: Vm): Vm => ({ ...vm, ...vm.runOnce });

/** The VM as it will be when its run has ended: oVirt's next-run configuration. One that is down is so already. */
export const asNextRun = (vm: Vm): Vm => ({ ...asStored(vm), ...vm.nextRun });

const some = (settings: VmSettings, keys: readonly (keyof VmSettings)[]): Partial<VmSettings> =>
  Object.fromEntries(keys.map((key) => [key, settings[key]]));

/** What of the settings that are planned differs from those of now; null if nothing does. */
function waiting(now: VmSettings, planned: VmSettings): Partial<VmSettings> | null {
  const keys = changedSettings(now, planned);
  return keys.length === 0 ? null : some(planned, keys);
}

/**
 * What a request makes of a VM. One that is down gets all of it at once. One that is not gets now what changes nothing for its guest, and the
 * rest when its run ends, on top of what waits already.
 * @param nextRun that all of it is to wait
 * @throws InvalidInputError, UnsupportedError
 */
export function changesOf(vm: Vm, input: AskedSettings, nextRun: boolean): VmSettings & Pick<Vm, 'nextRun'> {
  const planned = settingsOf(asNextRun(vm), input, 'edit');
  if (vm.status === 'down') return { ...planned, nextRun: null };
  const now = ownSettings(nextRun ? vm : { ...vm, ...liveSettings(vm, input) });
  return { ...now, nextRun: waiting({ ...now, ...vm.runOnce }, planned) };
}

/**
 * A VM that is down with the settings that are asked for one run, and what to give back afterwards.
 * @throws InvalidInputError, UnsupportedError
 */
export function forOneRun(vm: Vm, asked: RunOnce): VmSettings & Pick<Vm, 'runOnce'> {
  const settings = settingsOf(vm, asked, 'run');
  return { ...settings, runOnce: some(vm, changedSettings(vm, settings)) };
}

/** What changes with a VM's row when its run ends; to be written together with the new status. */
export const endOfRun = ({ runOnce, nextRun }: Vm): Partial<Vm> => ({
  ...runOnce,
  ...nextRun,
  runOnce: null,
  nextRun: null,
  guest: null,
});

/** Tells that what waited has been applied, if anything did. */
export async function tellOfNextRun({ id, name, nextRun }: Vm, tx: EntityManager): Promise<void> {
  if (nextRun)
    await new EventsService(tx).record('VM_CONFIGURATION_APPLIED', `VM ${name} configuration was updated by system.`, { vmId: id }, tx);
}
