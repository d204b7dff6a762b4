import { setImmediate as aMoment } from 'node:timers/promises';

import { type Fault, type FaultInjector } from './fault';
import { faultsVariable, messageToParent, type MessageToChild } from './fault.protocol';
import { ForkedProcess, type ForkOptions } from './forked.process';

/** Faults for a forked process whose runner has `faultHooks()`. What has not struck survives the death of the process. */
export class ForkedFaults implements FaultInjector {
  readonly process: ForkedProcess;
  readonly #waiting = new Map<number, (confirmed: boolean) => void>();
  #armed: Fault[] = [];
  #number = 0;

  constructor(options: ForkOptions) {
    const environment = () => ({ ...options.environment(), [faultsVariable]: JSON.stringify(this.#armed) });
    this.process = new ForkedProcess({ ...options, environment });
    this.process.onMessage((message) => this.#read(message));
    this.process.onExit(() => [...this.#waiting.keys()].forEach((number) => this.#settle(number, false)));
  }

  async arm(...faults: Fault[]): Promise<void> {
    this.#armed.push(...faults);
    await this.#synchronize();
  }

  async pending(): Promise<Fault[]> {
    await this.#synchronize();
    return [...this.#armed];
  }

  /** As `pending`, without asking the process: it may be frozen. */
  get unstruck(): readonly Fault[] {
    return this.#armed;
  }

  async disarm(): Promise<void> {
    this.#armed = [];
    await this.#synchronize();
  }

  /** Resolves when a living process has answered. */
  ready(): Promise<void> {
    return this.#synchronize();
  }

  /** Tells the process what is armed, and waits until it and all its earlier messages have been read; again after each death. */
  async #synchronize(): Promise<void> {
    let confirmed = false;
    while (!confirmed) {
      await this.process.ready();
      confirmed = await this.#confirm();
      // A dying process refuses messages before its end is told, which it is only to who lets go for a moment.
      if (!confirmed) await aMoment();
    }
  }

  async #confirm(): Promise<boolean> {
    this.#number += 1;
    const message: MessageToChild = { kind: 'saga-faults/arm', number: this.#number, faults: this.#armed };
    const confirmed = new Promise<boolean>((resolve) => this.#waiting.set(message.number, resolve));
    await this.process.send(message).catch(() => this.#settle(message.number, false));
    return confirmed;
  }

  #settle(number: number, confirmed: boolean): void {
    this.#waiting.get(number)?.(confirmed);
    this.#waiting.delete(number);
  }

  #read(message: unknown): void {
    const { success, data } = messageToParent.safeParse(message);
    if (!success) return;
    if (data.kind === 'saga-faults/struck') this.#armed = this.#armed.filter((fault) => !isSame(fault, data.fault));
    if (data.kind === 'saga-faults/armed') this.#settle(data.number, true);
  }
}

function isSame(one: Fault, other: Fault): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
