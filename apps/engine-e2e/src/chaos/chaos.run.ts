import { HttpProxy } from '@clinker/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient, type ApiAnswer, faultDetail } from '../api.client';
import { Audit, DEAD_WATCHER_MS } from '../audit';
import { ExtraProvider } from '../extra-provider';
import { Installation } from '../installation';
import { lab, labValue, until } from '../lab';
import { ACTIONS, fillWithVms } from './chaos.actions';
import { HEAVY_PARTS, type Trouble, lightTroubles } from './chaos.troubles';
import { CHAOS_PROVIDER, ChaosWorld } from './chaos.world';
import { Random } from './random';
import { SupervisedEngine } from './supervised-engine';
import { Tally } from './tally';

/** How long and how hard. */
export interface ChaosPlan {
  readonly seed: number;
  readonly users: number;
  /** Accepted operations and kills of the engine, at least. */
  readonly operations: number;
  readonly kills: number;
  /** The heavy troubles, one after the other. */
  readonly heavy: readonly Trouble[];
  /** How long (ms) the storm may take at most, whatever has happened by then. */
  readonly stormWithinMs: number;
  /** How long (ms) all that was begun may take to end, after everything is back. */
  readonly endsWithinMs: number;
}

/** How long (ms) the engine lives at most after it has answered, and how often it is killed before it has. */
const ENGINE_LIVES_MS = 15_000;
const KILLED_EARLY = 0.15;
const LIGHT_PAUSE_MS = 2_500;
const HEAVY_PAUSE_MS = 2_000;
const USER_PAUSE_MS = 200;

/** How long (ms) a user who was cut off waits before the next attempt. */
const CUT_OFF_PAUSE_MS = 1_000;

/** How often (s) it says how far it is. */
const SAY_EVERY_S = 10;

/** How long (ms) a user may wait for an answer. */
const ANSWER_MS = 60_000;

const outcome = ({ status }: ApiAnswer): string => {
  if (status < 300) return 'accepted';
  return status >= 500 ? 'failed' : 'refused';
};

/** Users who work, while everything that they stand on breaks. */
export class ChaosRun {
  readonly tally = new Tally();
  readonly faults = new Tally();
  /** Cinder loses work when its database or RabbitMQ dies: the engine is not to wait for hours for it. */
  readonly engine = new SupervisedEngine({ CLINKER_CINDER_PATIENCE: '30s', CLINKER_CINDER_COPY_PATIENCE: '1m' });
  private readonly api = new ApiClient();
  private readonly world = new ChaosWorld(this.api);
  private readonly user = new Installation(this.api);
  private readonly provider = new ExtraProvider(this.user, CHAOS_PROVIDER);
  private over = false;
  private heavyDone = false;

  constructor(
    private readonly plan: ChaosPlan,
    private readonly say: (line: string) => void,
  ) {}

  /** All of it. @throws Error if something has not ended, or does not agree, or is left over */
  async run(): Promise<void> {
    const proxy = await HttpProxy.start(new URL(labValue('CINDER_URL')).origin);
    try {
      const { volumes } = await this.prepare(proxy);
      await this.storm(proxy);
      proxy.reset();
      await this.settle();
      await this.world.remove();
      await this.provider.close();
      await this.nothingIsLeft(volumes);
    } finally {
      await this.engine.giveBack();
      await Promise.all([proxy.close(), this.api.close()]);
    }
  }

  /** Provider, VMs and engine; what there was before. */
  private async prepare(proxy: HttpProxy): Promise<{ volumes: number }> {
    await this.user.ensureStorage();
    await this.provider.open({ url: proxy.url });
    await this.world.remove();
    const audit = await Audit.open();
    const volumes = await audit.volumesInProject();
    await audit.close();
    await fillWithVms({ world: this.world, random: new Random(this.plan.seed) });
    await this.engine.takeOver();
    await this.answers();
    await this.user.hostsAre('up');
    return { volumes };
  }

  private async storm(proxy: HttpProxy): Promise<void> {
    const began = Date.now();
    const random = new Random(this.plan.seed + 1);
    const users = Array.from({ length: this.plan.users }, (_one, index) => this.work(new Random(this.plan.seed + 100 + index)));
    const troubles = [this.kills(random), this.lights(lightTroubles(proxy), random), this.heavies(random)];
    await Promise.all([...users, ...troubles, this.watch(began)]);
  }

  /** Ends the storm when everything has happened often enough. */
  private async watch(began: number): Promise<void> {
    const enough = () =>
      this.heavyDone && this.tally.of('accepted') >= this.plan.operations && this.tally.of('killed', 'engine') >= this.plan.kills;
    const deadline = began + this.plan.stormWithinMs;
    for (let second = 1; !enough() && Date.now() < deadline; second += 1) {
      await pause(1_000);
      if (second % SAY_EVERY_S === 0) this.say(this.progress());
    }
    this.over = true;
    this.say(`the storm took ${Math.round((Date.now() - began) / 1000)} s`);
  }

  private progress(): string {
    const [accepted, cutOff, killed] = [this.tally.of('accepted'), this.tally.of('cut off'), this.tally.of('killed', 'engine')];
    return `${accepted} operations accepted, ${cutOff} cut off, engine killed ${killed} times`;
  }

  private async work(random: Random): Promise<void> {
    while (!this.over) {
      const action = random.weighted(ACTIONS);
      try {
        await this.world.look();
        const answer = await withDeadline(action.act({ world: this.world, random }), ANSWER_MS);
        this.tally.add(action.name, answer ? outcome(answer) : 'not possible');
        if (answer && answer.status >= 300) this.faults.add(`${answer.status} ${reasonOf(answer)}`, 'times');
      } catch (error) {
        this.tally.add(action.name, 'cut off');
        if (error instanceof DeadlineError) this.faults.add(`no answer to: ${action.name}`, 'times');
        await pause(CUT_OFF_PAUSE_MS);
      }
      await pause(random.below(2 * USER_PAUSE_MS));
    }
  }

  private async kills(random: Random): Promise<void> {
    while (!this.over) {
      if (!random.chance(KILLED_EARLY)) await this.answers(300_000);
      await pause(random.below(ENGINE_LIVES_MS));
      if (this.engine.kill()) this.tally.add('engine', 'killed');
    }
  }

  private async lights(troubles: readonly Trouble[], random: Random): Promise<void> {
    while (!this.over) {
      await pause(random.below(2 * LIGHT_PAUSE_MS));
      await this.strike(random.pick(troubles)!, random);
    }
  }

  /** One after the other: nothing of the lab can be started while it is being ended. */
  private async heavies(random: Random): Promise<void> {
    for (const trouble of this.plan.heavy) {
      await pause(random.below(2 * HEAVY_PAUSE_MS));
      await this.strike(trouble, random);
      this.say(`${trouble.name}; ${this.progress()}`);
    }
    this.heavyDone = true;
  }

  private async strike(trouble: Trouble, random: Random): Promise<void> {
    try {
      await trouble.strike(random);
      this.tally.add('troubles', trouble.name);
    } catch (error) {
      this.say(`${trouble.name}: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`);
    }
  }

  /** Everything is there again: what was begun ends, and then all agree. */
  private async settle(): Promise<void> {
    const began = Date.now();
    for (const part of HEAVY_PARTS) await lab('start', part);
    // Cinder has lost what it wanted to note while its own database was away, and notices that when it starts.
    await lab('restart', 'cinder-volume');
    await this.answers();
    const audit = await Audit.open();
    try {
      const unfinished = () =>
        audit.database
          .query<Record<string, unknown>>('SELECT saga, id, status, step, stuck, attempt, error FROM operation WHERE ended_at IS NULL')
          .then(({ rows }) => rows);
      await until('every operation has ended', unfinished, (rows) => rows.length === 0, this.plan.endsWithinMs);
      this.say(`every operation had ended ${Math.round((Date.now() - began) / 1000)} s after the storm`);
      await this.user.hostsAre('up');
      await audit.agrees(DEAD_WATCHER_MS);
      this.say('database, Cinder, Ceph and libvirt agree');
    } finally {
      await audit.close();
    }
  }

  private async nothingIsLeft(volumesBefore: number): Promise<void> {
    const audit = await Audit.open();
    try {
      await audit.agrees(DEAD_WATCHER_MS);
      const volumes = await audit.volumesInProject();
      if (volumes !== volumesBefore) throw new Error(`Cinder has ${volumes} volumes, and had ${volumesBefore} before`);
      this.say('everything was removed, and nothing is left over');
    } finally {
      await audit.close();
    }
  }

  /** Waits until the engine answers. */
  private async answers(withinMs?: number): Promise<void> {
    const look = () =>
      this.api.get('/vms?max=1').then(
        ({ status }) => status,
        () => 0,
      );
    await until('the engine answers', look, (status) => status === 200, withinMs);
  }
}

/** Why something was refused, without what is different each time. */
const reasonOf = (answer: ApiAnswer): string =>
  faultDetail(answer)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|chaos-[0-9a-f]+|127\.0\.0\.1:\d+/g, '…')
    .slice(0, 110);

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = pause(ms, undefined, { ref: false }).then(() => {
    throw new DeadlineError('No answer in time');
  });
  return Promise.race([work, late]);
}
