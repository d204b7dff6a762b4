import { logContext } from '@clinker/logging';
import type { Saga, WaitStep } from '@clinker/sagas';
import { z } from 'zod';
import { inContext } from './saga.context';

const seen: unknown[] = [];
const note = (): boolean => seen.push(logContext()) > 0;
const saga: Saga<object> = {
  name: 'note-context',
  state: z.object({}),
  steps: [{ kind: 'wait', name: 'note', every: '1s', within: '1s', until: () => Promise.resolve(note()) }],
  describe: () => 'Noting',
  ended: () => Promise.resolve(void note()),
};
const ids = { correlationId: 'request-1', ownerId: 'jane' };
const facts = { operationId: 'o-1', correlationId: 'request-1', userId: 'jane' };

it('steps and the end of a saga know the operation, the correlation id and who asked', async () => {
  const { steps, ended } = inContext(saga);
  const ctx = { ...ids, operationId: 'o-1', signal: new AbortController().signal, isFirst: true, wakeUp: () => undefined };
  await (steps[0] as WaitStep<object>).until({}, ctx);
  await ended?.({}, { status: 'finished' }, undefined as never, { ...ids, id: 'o-1', saga: 'note-context', subjects: [] });
  expect(seen).toEqual([facts, facts]);
});
