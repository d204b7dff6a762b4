import { z } from 'zod';

/** What the sagas of a domain remember. `previousStatus` is what undo returns to. */
export const domainState = z.object({
  domainId: z.guid(),
  domainName: z.string(),
  providerId: z.guid(),
  dataCenterId: z.guid(),
  previousStatus: z.enum(['active', 'inactive', 'maintenance']).optional(),
  availableBytes: z.number().nullable().optional(),
  usedBytes: z.number().nullable().optional(),
  /** Names of the hosts that could not be given the keys; they get them when they can be reached. */
  hostsNotReady: z.array(z.string()).optional(),
});

export type DomainState = z.output<typeof domainState>;
