import { z } from 'zod';

const text = z.string().optional();
const bytes = z.number().optional();

/** Settings that a start may ask for this run only, as they stand in the state of its saga; what else a request has means nothing for it. */
export const runOnceSchema = z.object({
  memory: bytes,
  memory_policy: z.object({ guaranteed: bytes, max: bytes }).optional(),
  os: z
    .object({
      kernel: text,
      initrd: text,
      cmdline: text,
      boot: z.object({ devices: z.array(z.enum(['hd', 'cdrom', 'network'])).optional() }).optional(),
    })
    .optional(),
  stateless: z.boolean().optional(),
});

export type RunOnce = z.output<typeof runOnceSchema>;

/** True if it asks for more than another order of the boot devices: for what only who may edit the VM may choose, as a file of the host. */
export const asksForSettings = ({ memory, memory_policy: policy, os }: RunOnce): boolean =>
  [memory, policy, os?.kernel, os?.initrd, os?.cmdline].some((asked) => asked !== undefined);
