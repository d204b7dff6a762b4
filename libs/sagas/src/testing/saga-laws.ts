import type { Fault, FaultInjector } from './fault';

/** A saga, and the world in which it is tried: how to begin it, and what must be true afterwards. */
export interface SagaWorld {
  /** The saga's name. */
  name: string;
  /** The names of its steps, in order. */
  steps: readonly string[];
  /** As the saga's own `pointOfNoReturn`. */
  pointOfNoReturn?: string;
  /** The steps that have no `undo`. */
  withoutUndo?: readonly string[];
  /** Whether the saga runs in a process that can be killed; if not, those laws are left out. */
  canKill: boolean;
  /** Used in the tests only, so that it may come to be in `beforeAll` (a getter). */
  readonly faults: FaultInjector;
  /** Starts the saga on a fresh object, and returns the operation's id. Rejects if its leading steps were refused. */
  begin(): Promise<string>;
  /** Waits for the operation's end. */
  ended(operationId: string): Promise<'finished' | 'failed'>;
  /** Rejects unless all that the saga is for has come about, exactly once, in the database and outside. */
  verifyFinished(): Promise<void>;
  /** Rejects unless everything is as it was before `begin`, in the database and outside. */
  verifyCleanSlate(): Promise<void>;
  /** Removes what a trial has left, whatever its outcome was. */
  cleanUp(): Promise<void>;
}

/**
 * Defines the tests that every saga must pass: each of its steps fails before and after its effect, runs twice, has an undo
 * that fails at first, and is killed between effect and checkpoint, forwards and in its undo. Each time the saga must
 * end, finished or with a clean slate; from its point of no return on it must finish.
 */
export function obeysTheLaws(world: SagaWorld): void {
  describe(`${world.name} obeys the laws`, () => {
    afterEach(async () => {
      await world.faults.disarm();
      await world.cleanUp();
    });
    describe.each([...world.steps])(`at '%s'`, (step) => new StepLaws(world, step).define());
  });
}

class StepLaws {
  readonly #index: number;
  readonly #pointOfNoReturn: number;

  constructor(
    private readonly world: SagaWorld,
    private readonly step: string,
  ) {
    const { steps, pointOfNoReturn } = world;
    this.#index = steps.indexOf(step);
    this.#pointOfNoReturn = pointOfNoReturn === undefined ? steps.length : steps.indexOf(pointOfNoReturn);
  }

  define(): void {
    const after = this.#irreversible ? 'goes on' : 'leaves a clean slate';
    it(`${after} when it fails before its effect`, () => this.#fails('before'));
    it(`${after} when it fails after its effect`, () => this.#fails('after'));
    it('does no harm when it runs twice', () => this.#runsTwice());
    if (this.world.canKill) it('does no harm when the process is killed after its effect', () => this.#isKilled());
    if (this.#irreversible || this.world.withoutUndo?.includes(this.step)) return;
    it('leaves a clean slate when its undo fails at first', () => this.#undoFails());
    if (this.world.canKill) it('leaves a clean slate when the process is killed after its undo', () => this.#undoIsKilled());
  }

  get #irreversible(): boolean {
    return this.#index >= this.#pointOfNoReturn;
  }

  async #fails(when: Fault['when']): Promise<void> {
    await this.#arm({ phase: 'run', when, action: 'fail' });
    await this.#endsAs(this.#irreversible ? 'finished' : 'failed');
  }

  /** A leading step that runs again does so because its caller asks again. */
  async #runsTwice(): Promise<void> {
    await this.#arm({ phase: 'run', when: 'after', action: 'repeat' });
    await this.#endsAs('finished', () => this.world.begin().catch(() => this.world.begin()));
  }

  /** Who dies in a leading step has not answered anybody: then nothing has happened. */
  async #isKilled(): Promise<void> {
    await this.#arm({ phase: 'run', when: 'after', action: 'kill' });
    const operationId = await this.#begin();
    await this.world.faults.ready();
    await this.#verify(operationId, 'finished');
  }

  async #undoFails(): Promise<void> {
    const undo = { phase: 'undo', action: 'fail' } as const;
    await this.#arm({ ...undo, when: 'before' }, { ...undo, when: 'after' });
    await this.#isUndone();
  }

  async #undoIsKilled(): Promise<void> {
    await this.#arm({ phase: 'undo', when: 'after', action: 'kill' });
    await this.#isUndone();
  }

  /** Lets the last step fail that can be taken back. */
  async #isUndone(): Promise<void> {
    const step = this.world.steps[this.#pointOfNoReturn - 1] ?? this.step;
    await this.world.faults.arm({ saga: this.world.name, step, phase: 'run', when: 'after', action: 'fail' });
    const operationId = await this.#begin();
    if (operationId === undefined) await this.world.verifyCleanSlate();
    else await this.#verify(operationId, 'failed');
  }

  async #endsAs(outcome: 'finished' | 'failed', begin = () => this.world.begin()): Promise<void> {
    await this.#verify(await begin().catch(() => undefined), outcome);
  }

  /** Undefined when the leading steps were refused. */
  #begin(): Promise<string | undefined> {
    return this.world.begin().catch(() => undefined);
  }

  async #verify(operationId: string | undefined, expected: 'finished' | 'failed'): Promise<void> {
    const outcome = operationId === undefined ? 'failed' : await this.world.ended(operationId);
    if (operationId !== undefined) expect(outcome).toBe(expected);
    expect(await this.world.faults.pending()).toEqual([]);
    await (outcome === 'finished' ? this.world.verifyFinished() : this.world.verifyCleanSlate());
  }

  #arm(...faults: Omit<Fault, 'saga' | 'step'>[]): Promise<void> {
    return this.world.faults.arm(...faults.map((fault) => ({ ...fault, saga: this.world.name, step: this.step })));
  }
}
