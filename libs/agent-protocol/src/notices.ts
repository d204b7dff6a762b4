import { z } from 'zod';
import { secretSetSchema } from './definitions';
import { guestReportSchema } from './guest.report';
import { capabilitiesSchema, domainNoticeSchema, heartbeatSchema } from './reports';

/** What a host tells or asks the engine. The ones with a reply are requests; the others are published and not answered. */
export const notices = {
  /** At start, after a lost connection and on change. The engine's first reply registers the host; an answer may fail with `ok: false`. */
  joined: {
    request: capabilitiesSchema.extend({ agentRunId: z.string() }),
    reply: z.object({ hostId: z.uuid(), heartbeatMs: z.number().int().positive() }),
  },
  /** The secrets that this host shall have: asked at start and whenever libvirt came back. */
  'secrets-wanted': { request: z.object({ agentRunId: z.string() }), reply: secretSetSchema },
  heartbeat: { request: heartbeatSchema, reply: null },
  domain: { request: domainNoticeSchema, reply: null },
  guest: { request: guestReportSchema, reply: null },
} as const;

export type NoticeName = keyof typeof notices;
export type NoticeRequest<N extends NoticeName> = z.infer<(typeof notices)[N]['request']>;
export type NoticeReply<N extends 'joined' | 'secrets-wanted'> = z.infer<(typeof notices)[N]['reply']>;
