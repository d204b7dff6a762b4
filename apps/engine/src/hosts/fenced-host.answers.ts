import type { CommandName, CommandReply, CommandRequest, DomainReport } from '@clinker/agent-protocol';
import { BackendError } from '../errors/domain.errors';

type Answers = { readonly [C in CommandName]?: (request: CommandRequest<C>) => CommandReply<C> };

const absent = (vmId: string): DomainReport => ({ vmId, name: '', state: 'absent', reason: '', disks: [] });

/** What a host answers on which nothing runs. Nothing is started or plugged there, so these commands are not among them. */
const ANSWERS: Answers = {
  'ensure-domain-gone': () => ({ status: 'done' }),
  'ensure-restored-guest-running': () => ({ status: 'done' }),
  'ensure-domain-shutting-down': ({ vmId }) => ({ status: 'done', domain: absent(vmId) }),
  'ensure-guest-restarted': ({ vmId }) => ({ status: 'done', domain: absent(vmId) }),
  'ensure-console-ticket': ({ vmId }) => ({ status: 'done', domain: absent(vmId) }),
  'ensure-disk-unplugged': () => ({ status: 'done' }),
  'ensure-nic-unplugged': () => ({ status: 'done' }),
  'ensure-guest-thawed': () => ({ status: 'done', wasFrozen: false }),
  'ensure-guest-resumed': () => ({ status: 'done', wasPaused: false }),
  'ensure-memory-removed': () => ({ status: 'done' }),
  'ensure-volume-copy-ended': () => ({ status: 'done' }),
  'inspect-domain': ({ vmId }) => ({ domain: absent(vmId) }),
  'measure-guests': () => ({ guests: [] }),
  inventory: () => ({ bootId: '', domains: [], secretUuids: [] }),
};

/**
 * Answers in the place of a host that was confirmed to be off: what is to end there has ended, so that nobody has to wait for it.
 * @throws BackendError for what can only be done by a host that is on
 */
export function answerOfFenced<C extends CommandName>(hostName: string, command: C, request: CommandRequest<C>): CommandReply<C> {
  const answer = ANSWERS[command] as ((request: CommandRequest<C>) => CommandReply<C>) | undefined;
  if (!answer) throw new BackendError(`Host ${hostName} was confirmed to be off, and has not come back since.`);
  return answer(request);
}
