import type { SagaHooks, StepPoint } from '../saga.types';
import { type Fault, faultError, type FaultInjector, findFault } from './fault';

/** Faults for a runner in this process, which therefore cannot be killed. Give `hooks` to the runner. */
export class InProcessFaults implements FaultInjector {
  readonly hooks: SagaHooks = {
    beforeStep: (point) => this.#strike(point, 'before'),
    afterStep: (point) => this.#strike(point, 'after'),
  };
  #armed: Fault[] = [];

  async arm(...faults: Fault[]): Promise<void> {
    const deadly = faults.some(({ action }) => action === 'kill' || action === 'freeze');
    if (deadly) throw new Error('A runner in the process of the test can be neither killed nor frozen');
    this.#armed.push(...faults);
  }

  async pending(): Promise<Fault[]> {
    return [...this.#armed];
  }

  async disarm(): Promise<void> {
    this.#armed = [];
  }

  async ready(): Promise<void> {
    return Promise.resolve();
  }

  #strike(point: StepPoint, when: Fault['when']): void {
    const fault = findFault(this.#armed, point, when);
    if (!fault) return;
    this.#armed.splice(this.#armed.indexOf(fault), 1);
    throw faultError(fault);
  }
}
