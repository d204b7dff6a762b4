// @ts-check
/** Kernel and initramfs that the lab's virtual machines boot. */
import { buildGuest, isGuestBuilt } from '../../guest/build.mjs';
import { CACHE_FOLDER, inLab } from '../kernel/settings.mjs';

/** @param {import('../kernel/settings.mjs').Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function guestParts(lab) {
  const target = inLab(lab, 'guest');
  return [{ name: 'guest', needs: [], ready: () => isGuestBuilt(target), provision: () => buildGuest(target, CACHE_FOLDER) }];
}
