import { type StatusTable, StatusMachine } from '../states/status.machine';
import { Template } from './template.entity';

const TABLE = {
  ok: { locked: 'an operation begins' },
  locked: { ok: 'the operation has ended', illegal: 'the operation is stuck' },
  illegal: { locked: 'it is being removed', ok: 'what was stuck has ended' },
} as const satisfies StatusTable<Template['status']>;

/** What a template can be, and become. */
export const templateStatuses = new StatusMachine(
  'Templates',
  TABLE,
  { begins: { ok: 'added' }, ends: { locked: 'removed, or could not be made' } },
  Template,
);
