/** The place of the number in a pool's name: as many digits as it has characters. */
const MASK = /#+/;

/** The name of a VM of a pool: `web-##` has `web-07`, and `web` has `web-7`. */
export function memberName(poolName: string, number: number): string {
  const [mask] = MASK.exec(poolName) ?? [];
  return mask === undefined ? `${poolName}-${number}` : poolName.replace(mask, String(number).padStart(mask.length, '0'));
}

/** What the names of all VMs of a pool begin with; nothing if the mask comes first. */
export const memberPrefix = (poolName: string): string => poolName.split('#', 1)[0] ?? '';
