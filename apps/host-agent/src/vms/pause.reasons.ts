import { PAUSED_FOR_SNAPSHOT, type DomainReport } from '@clinker/agent-protocol';

/** libvirt's reasons of a pause that was asked for, and of one while it writes the memory of a guest that was paused before. */
const ASKED_FOR: readonly string[] = ['user', 'snapshot', 'save', 'migration'];

/** Whether a guest that we hold is paused because of us: not by an I/O error or a crash. */
export const isOurPause = (state: string, reason: string): boolean => state === 'paused' && ASKED_FOR.includes(reason);

/** The report of a guest that we hold: its pause is ours and short, which the engine must not take for a fault. */
export const whileHeld = (report: DomainReport): DomainReport =>
  isOurPause(report.state, report.reason) ? { ...report, reason: PAUSED_FOR_SNAPSHOT } : report;
