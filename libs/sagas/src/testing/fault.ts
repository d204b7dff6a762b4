import { RetryLater } from '../saga-errors';
import type { StepPoint } from '../saga.types';

/**
 * `fail`: the step throws. `repeat`: the step is run again, as if its checkpoint had been lost.
 * `kill`: the process dies on the spot, by SIGKILL. `freeze`: it stops on the spot, by SIGSTOP, until somebody sends SIGCONT.
 */
export type FaultAction = 'fail' | 'repeat' | 'kill' | 'freeze';

/** One thing that will go wrong, once: at this step of this saga, before its effect or between its effect and its checkpoint. */
export interface Fault {
  saga: string;
  step: string;
  phase: 'run' | 'undo';
  when: 'before' | 'after';
  action: FaultAction;
}

/** Where tests arm faults, wherever the runner is. */
export interface FaultInjector {
  /** Each of the faults strikes once. */
  arm(...faults: Fault[]): Promise<void>;
  /** The faults that have not struck yet. */
  pending(): Promise<Fault[]>;
  /** Takes back all that have not struck. */
  disarm(): Promise<void>;
  /** Resolves when the process that runs the sagas is up (again). */
  ready(): Promise<void>;
}

/** The error that `fail` throws. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** The armed fault that this point is meant by. */
export function findFault(faults: readonly Fault[], point: StepPoint, when: Fault['when']): Fault | undefined {
  const { saga, step, phase } = point;
  return faults.find((fault) => fault.saga === saga && fault.step === step && fault.phase === phase && fault.when === when);
}

/** What a struck fault throws. */
export function faultError({ action, step, phase, when }: Fault): Error {
  const text = `Injected ${when} the ${phase} of '${step}'`;
  return action === 'repeat' ? new RetryLater(text, { afterMs: 0 }) : new InjectedFault(text);
}
