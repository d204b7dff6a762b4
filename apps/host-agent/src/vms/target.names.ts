import type { DiskDefinition } from '@clinker/agent-protocol';

const LETTERS = 26;
const A = 'a'.charCodeAt(0);

export type DiskInterface = DiskDefinition['interface'];

const PREFIX: Record<DiskInterface, string> = { virtio: 'vd', virtio_scsi: 'sd' };

/** The name of the nth disk, from 0, as Linux counts: a to z, then aa (not ba: there is no digit zero). */
function letters(index: number): string {
  const last = String.fromCharCode(A + (index % LETTERS));
  return index < LETTERS ? last : letters(Math.floor(index / LETTERS) - 1) + last;
}

/** Target name of a disk: `vda` … `vdz`, `vdaa` …, or `sda` … behind virtio-scsi. */
export const targetName = (diskInterface: DiskInterface, index: number): string => PREFIX[diskInterface] + letters(index);

/** The number behind a target name; the inverse of `targetName`. */
export function targetIndex(name: string): number {
  return [...name.slice(2)].reduce((sum, letter) => sum * LETTERS + letter.charCodeAt(0) - A + 1, 0) - 1;
}

/** The first name that is free beside these. */
export function freeTarget(diskInterface: DiskInterface, taken: ReadonlySet<string>): string {
  let index = 0;
  while (taken.has(targetName(diskInterface, index))) index += 1;
  return targetName(diskInterface, index);
}
