// @ts-check
/** The bridge of the lab: the machine's own address and one per monitor; the hosts are plugged into it. */
import { run } from '../kernel/run.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function networkParts(lab) {
  const addresses = [lab.address, ...Object.values(lab.monitors)];
  return [
    {
      name: 'network',
      needs: [],
      ready: async () => {
        const { code, stdout } = await run('ip', ['-o', '-4', 'address', 'show', 'dev', lab.bridge], { mayFail: true });
        return code === 0 && addresses.every((address) => stdout.includes(` ${address}/24`));
      },
      provision: async () => {
        await run('ip', ['link', 'add', lab.bridge, 'type', 'bridge'], { mayFail: true });
        for (const address of addresses) await run('ip', ['address', 'replace', `${address}/24`, 'dev', lab.bridge]);
        await run('ip', ['link', 'set', lab.bridge, 'up']);
      },
    },
  ];
}
