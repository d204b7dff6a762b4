import { z } from 'zod';

import type { Fault } from './fault';

/** The environment variable in which a forked process finds the faults that are armed when it starts. */
export const faultsVariable = 'SAGA_FAULTS';

const fault = z.object({
  saga: z.string(),
  step: z.string(),
  phase: z.enum(['run', 'undo']),
  when: z.enum(['before', 'after']),
  action: z.enum(['fail', 'repeat', 'kill', 'freeze']),
}) satisfies z.ZodType<Fault>;

/** All that are armed from now on; the child confirms with `armed` and the same number. */
const arm = z.object({ kind: z.literal('saga-faults/arm'), number: z.int(), faults: z.array(fault) });
/** The environment of a process that begins. */
const begin = z.object({ kind: z.literal('saga-faults/begin'), environment: z.record(z.string(), z.string()) });
const armed = z.object({ kind: z.literal('saga-faults/armed'), number: z.int() });
const struck = z.object({ kind: z.literal('saga-faults/struck'), fault });
const ready = z.object({ kind: z.literal('ready') });

export const messageToChild = arm;
export const beginning = begin;
export const messageToParent = z.discriminatedUnion('kind', [armed, struck, ready]);
export type MessageToChild = z.infer<typeof messageToChild>;
export type MessageToParent = z.infer<typeof messageToParent>;

/** Reads `SAGA_FAULTS`. Throws for what is not a list of faults. */
export function faultsFromEnvironment(environment: NodeJS.ProcessEnv): Fault[] {
  const text = environment[faultsVariable];
  return text ? z.array(fault).parse(JSON.parse(text)) : [];
}
