import type { SagaHooks, StepPoint } from '../saga.types';
import { type Fault, faultError, findFault } from './fault';
import { beginning, faultsFromEnvironment, messageToChild, type MessageToParent } from './fault.protocol';

/**
 * Hooks for the runner of a process that a test has forked (see `ForkedProcess`): the test arms faults over the channel
 * that `fork` opens. A process that was not forked gets no faults.
 */
export function faultHooks(): SagaHooks {
  let armed = faultsFromEnvironment(process.env);
  process.on('message', (message) => {
    const { success, data } = messageToChild.safeParse(message);
    if (!success) return;
    armed = data.faults;
    void tell({ kind: 'saga-faults/armed', number: data.number });
  });
  process.once('disconnect', () => process.exit());
  const strike = async (point: StepPoint, when: Fault['when']): Promise<void> => {
    const fault = findFault(armed, point, when);
    if (!fault) return;
    armed = armed.filter((other) => other !== fault);
    await tell({ kind: 'saga-faults/struck', fault });
    if (fault.action === 'kill') await die();
    if (fault.action === 'freeze') process.kill(process.pid, 'SIGSTOP');
    else throw faultError(fault);
  };
  return { beforeStep: (point) => strike(point, 'before'), afterStep: (point) => strike(point, 'after') };
}

/**
 * Resolves when this process is to begin, with what it is to find in its environment: a spare one is loaded before it is needed. The first thing that
 * it does, after it was loaded. One that was not forked begins at once.
 */
export async function summons(): Promise<void> {
  if (!process.send) return;
  const orphaned = (): void => process.exit();
  process.once('disconnect', orphaned);
  const environment = await new Promise<NodeJS.ProcessEnv>((resolve) => {
    process.on('message', (message) => {
      const { success, data } = beginning.safeParse(message);
      if (success) resolve(data.environment);
    });
  });
  process.off('disconnect', orphaned);
  Object.assign(process.env, environment);
}

/** Tells the test that has forked this process that it can be used. Does nothing in a process that was not forked. */
export async function announceReady(): Promise<void> {
  await tell({ kind: 'ready' });
}

/** Resolves when the message is in the pipe, from where the parent gets it even if this process dies at once. */
function tell(message: MessageToParent): Promise<void> {
  if (!process.send) return Promise.resolve();
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
}
