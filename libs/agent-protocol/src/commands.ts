import { z } from 'zod';
import {
  diskDefinitionSchema,
  nicDefinitionSchema,
  savedMemorySchema,
  secretSetSchema,
  seedSchema,
  vmDefinitionSchema,
  volumeSideSchema,
} from './definitions';
import { agentErrorSchema } from './errors';
import { guestMeasuresSchema } from './guest.measures';
import { capabilitiesSchema, domainNoticeSchema, domainReportSchema } from './reports';

/**
 * What the engine may ask of a host. Every command is "ensure": it carries the operation's id, may be repeated at any time, and two at
 * once for one VM queue up behind each other. An answer comes within ANSWER_WITHIN_MS: `in_progress` means "ask again with the same message".
 */
const operation = { operationId: z.string().nullable() };
const done = <T extends z.ZodRawShape>(shape: T) => z.object({ status: z.literal('done'), ...shape });
const inProgress = z.object({ status: z.literal('in_progress') });
const eventually = <T extends z.ZodRawShape>(shape: T) => z.discriminatedUnion('status', [done(shape), inProgress]);
/** `progress` in per cent. */
const copying = z.discriminatedUnion('status', [
  done({}),
  z.object({ status: z.literal('in_progress'), progress: z.number().min(0).max(100) }),
]);

export const commands = {
  /** What the host is and can; the same as its `joined` notice. */
  describe: { request: z.object({}), reply: capabilitiesSchema },
  /** Makes the host's secrets exactly these; answers the uuids that libvirt now has of ours. */
  'ensure-secrets': { request: z.object({ ...operation, ...secretSetSchema.shape }), reply: done({ present: z.array(z.uuid()) }) },
  /**
   * Preflights every disk, then starts the domain unless it runs; with a memory it goes on from there instead of booting, with a seed the guest has a
   * disc to read from until the domain goes away. With a memory and `paused` the guest stands still, and nothing has been written to its disks,
   * until `ensure-restored-guest-running`.
   */
  'ensure-domain-running': {
    request: z.object({
      ...operation,
      vm: vmDefinitionSchema,
      memory: savedMemorySchema.optional(),
      paused: z.boolean().optional(),
      seed: seedSchema.optional(),
    }),
    reply: eventually({ domain: domainReportSchema }),
  },
  /** Lets a guest go on that was started paused. `done` when it was let go, or the domain is gone. */
  'ensure-restored-guest-running': { request: z.object({ ...operation, vmId: z.uuid() }), reply: eventually({}) },
  /** Ends the domain at once if it is there. */
  'ensure-domain-gone': { request: z.object({ ...operation, vmId: z.uuid() }), reply: eventually({}) },
  /** Presses the power button; `done` says that it was pressed or that the domain is gone, not that the guest obeyed. */
  'ensure-domain-shutting-down': { request: z.object({ ...operation, vmId: z.uuid() }), reply: eventually({ domain: domainReportSchema }) },
  /**
   * Lets the guest start again, once for an operation: `reboot` asks it by its agent or by the power button, `reset` does not ask. `done` says that
   * it was asked or that the domain is gone, not that the guest obeyed. An agent that was restarted meanwhile does it once more.
   */
  'ensure-guest-restarted': {
    request: z.object({ operationId: z.uuid(), vmId: z.uuid(), how: z.enum(['reboot', 'reset']) }),
    reply: eventually({ domain: domainReportSchema }),
  },
  /**
   * Lets whoever knows the password connect to the domain's display, for `validForS` seconds; the password of before is no longer taken, who is
   * connected stays so. VNC looks at 8 bytes of it. Nothing is changed if the domain is gone or has no display that can be reached.
   */
  'ensure-console-ticket': {
    request: z.object({ ticketId: z.uuid(), vmId: z.uuid(), password: z.string().regex(/^[!-~]+$/), validForS: z.int().positive() }),
    reply: eventually({ domain: domainReportSchema }),
  },
  /** Preflights the disk, then attaches it unless the domain has it. */
  'ensure-disk-plugged': {
    request: z.object({ ...operation, vmId: z.uuid(), disk: diskDefinitionSchema }),
    reply: eventually({ domain: domainReportSchema }),
  },
  /** Asks the guest to let the disk go. `done` when libvirt no longer shows it, or the domain is gone. */
  'ensure-disk-unplugged': { request: z.object({ ...operation, vmId: z.uuid(), diskId: z.uuid() }), reply: eventually({}) },
  /** Lets the guest see that a disk has grown; never shrinks one. `done` also when the domain is gone or has no such disk. */
  'ensure-disk-resized': {
    request: z.object({ ...operation, vmId: z.uuid(), diskId: z.uuid(), sizeBytes: z.number().int().positive() }),
    reply: eventually({}),
  },
  /** Plugs the interface into the domain unless it has it, and gives it the bridge and the link state; the MTU counts from the plug on. */
  'ensure-nic-plugged': { request: z.object({ ...operation, vmId: z.uuid(), nic: nicDefinitionSchema }), reply: eventually({}) },
  /** Asks the guest to let the interface go. `done` when libvirt no longer shows it, or the domain is gone. */
  'ensure-nic-unplugged': { request: z.object({ ...operation, vmId: z.uuid(), nicId: z.uuid() }), reply: eventually({}) },
  /**
   * Freezes the guest's file systems through its agent, for `thawAfterMs` at most: then the host thaws them by itself, whatever became of the
   * engine. `frozen` is false if no guest agent answers or it has nothing to freeze; `reason` says why.
   */
  'ensure-guest-frozen': {
    request: z.object({ ...operation, vmId: z.uuid(), thawAfterMs: z.int().positive() }),
    reply: eventually({ frozen: z.boolean(), reason: z.string() }),
  },
  /** Thaws the guest. `wasFrozen` says that it has been frozen until now; false too if nobody knows. */
  'ensure-guest-thawed': { request: z.object({ ...operation, vmId: z.uuid() }), reply: eventually({ wasFrozen: z.boolean() }) },
  /**
   * Stops the guest's CPUs, for `resumeAfterMs` at most: then the host lets them run by itself, whatever became of the engine. `paused` is false if
   * the guest does not run, or was paused by something else; `reason` says what. A guest that was paused before is never resumed.
   */
  'ensure-guest-paused': {
    request: z.object({ ...operation, vmId: z.uuid(), resumeAfterMs: z.int().positive() }),
    reply: eventually({ paused: z.boolean(), reason: z.string() }),
  },
  /** Lets the guest run. `wasPaused` says that it has been paused by us until now; false too if nobody knows. */
  'ensure-guest-resumed': { request: z.object({ ...operation, vmId: z.uuid() }), reply: eventually({ wasPaused: z.boolean() }) },
  /**
   * Writes the memory of a guest that `ensure-guest-paused` has paused, and that has not gone on since, into a file of the host, which is the
   * operation's. The guest stays paused. Refused for a file larger than `maxBytes`.
   */
  'ensure-memory-saved': {
    request: z.object({ operationId: z.uuid(), vmId: z.uuid(), maxBytes: z.int().positive() }),
    reply: eventually({ imageBytes: z.int().positive() }),
  },
  /**
   * Ends the domain of a guest that has stood still since `ensure-memory-saved` has written its memory for this operation; that of a guest that has
   * gone on is left alone, and the command is refused. `done` for a domain that is gone as long as the host knows that its guest had not gone on.
   */
  'ensure-saved-domain-gone': { request: z.object({ operationId: z.uuid(), vmId: z.uuid() }), reply: eventually({}) },
  /** Copies that file into a volume, as `ensure-volume-copied` does with a volume; `ensure-volume-copy-ended` ends it. */
  'ensure-memory-copied': { request: z.object({ operationId: z.uuid(), target: volumeSideSchema }), reply: copying },
  /** Removes that file. A host removes by itself what is a day old, and at the agent's start all. */
  'ensure-memory-removed': { request: z.object({ operationId: z.uuid() }), reply: eventually({}) },
  /**
   * Copies all data of one volume into another, which no guest may use meanwhile. Goes on by itself between two questions; `progress` in per
   * cent. Asked again after the end it answers the same for some minutes; after a failure it begins anew.
   */
  'ensure-volume-copied': {
    request: z.object({ ...operation, source: volumeSideSchema, target: volumeSideSchema }),
    reply: copying,
  },
  /** Ends the copying into a volume. `done` when nothing on this host has the volumes open for it any more. */
  'ensure-volume-copy-ended': { request: z.object({ ...operation, targetVolumeId: z.uuid() }), reply: eventually({}) },
  /**
   * Says that a volume will be used at once, so that its preflight can go on while Cinder still attaches it. Answers when it has
   * begun; what it finds is told to who uses the volume then.
   */
  'expect-volume': { request: volumeSideSchema, reply: done({}) },
  /** Looks only. A domain that is not there has the state `absent`. */
  'inspect-domain': {
    request: z.object({ vmId: z.uuid() }),
    /** `ends`: the notices of the end of a domain that is gone, oldest first. An agent knows what it has seen itself; an old one tells nothing. */
    reply: z.object({ domain: domainReportSchema, ends: z.array(domainNoticeSchema).optional() }),
  },
  /** Looks only: what these guests use. One that is not there is left out. Takes a second if nobody has asked for a minute. */
  'measure-guests': { request: z.object({ vmIds: z.array(z.uuid()) }), reply: z.object({ guests: z.array(guestMeasuresSchema) }) },
  /** Looks only: all domains and all secrets that are ours. */
  inventory: {
    request: z.object({}),
    reply: z.object({ bootId: z.string(), domains: z.array(domainReportSchema), secretUuids: z.array(z.uuid()) }),
  },
} as const;

export type CommandName = keyof typeof commands;
export type CommandRequest<C extends CommandName> = z.infer<(typeof commands)[C]['request']>;
export type CommandReply<C extends CommandName> = z.infer<(typeof commands)[C]['reply']>;

/** The envelope of every answer: a value or an error. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: agentErrorSchema }),
]);
export type Answer = z.infer<typeof answerSchema>;
