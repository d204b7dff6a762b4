import type { Disturbance, HttpProxy, RequestMatch } from '@clinker/testing';
import { inLab, lab } from '../lab';
import type { Random } from './random';

/** Something bad that happens to what the engine stands on. It is over when it resolves. */
export interface Trouble {
  readonly name: string;
  strike(random: Random): Promise<unknown>;
}

/** Killed and started again, after a moment without it. */
const killed = (part: string, ...afterwards: string[]): Trouble => ({
  name: `${part} killed`,
  strike: async () => {
    await lab('kill', part);
    await lab('start', part);
    for (const other of afterwards) await lab('restart', other);
  },
});

/** Ended in order and started again, after a moment without it. */
const restarted = (part: string): Trouble => ({ name: `${part} restarted`, strike: () => lab('restart', part) });

const DISTURBANCES: readonly Disturbance[] = [
  { kind: 'answer', status: 500, body: { computeFault: { message: 'out of order' } } },
  { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: { overLimit: { message: 'not so fast', code: 429 } } },
  { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>It works!</html>' },
  { kind: 'half' },
  { kind: 'lose_answer' },
  { kind: 'drop' },
  { kind: 'silence' },
];

const MATCHES: readonly RequestMatch[] = [
  {},
  { method: 'GET' },
  { method: 'POST' },
  { method: 'POST', path: /\/volumes$/ },
  { method: 'DELETE' },
  { path: /\/attachments/ },
  { method: 'POST', path: /\/action$/ },
];

/** How often in a row the same thing happens at most. */
const ROW = 4;

/** Cinder's answers go wrong in some way, for some requests. */
const disturbed = (proxy: HttpProxy): Trouble => ({
  name: 'Cinder disturbed',
  strike: async (random) => {
    const disturbance = random.pick(DISTURBANCES) ?? { kind: 'drop' };
    // Nobody answering costs a request its whole patience: once is enough.
    proxy.disturb(disturbance, random.pick(MATCHES) ?? {}, disturbance.kind === 'silence' ? 1 : 1 + random.below(ROW));
  },
});

/** The light ones, which take no time: they come again and again. */
export const lightTroubles = (proxy: HttpProxy): readonly Trouble[] => [
  disturbed(proxy),
  disturbed(proxy),
  { name: 'Redis flushed', strike: () => inLab('redis', 'redis-cli', 'FLUSHALL') },
];

/** The heavy ones: each takes a part of the lab away for some seconds. */
export const HEAVY_TROUBLES: readonly Trouble[] = [
  killed('redis'),
  killed('nats'),
  killed('postgres'),
  killed('mon-b'),
  killed('agent-host-1'),
  restarted('cinder-volume'),
  // What was on its way through RabbitMQ is lost in Cinder; a worker that starts settles what it finds half done.
  killed('rabbitmq', 'cinder-scheduler', 'cinder-volume'),
];

/** Everything that heavy troubles take away, in the order in which it can be started again. */
export const HEAVY_PARTS = ['redis', 'nats', 'postgres', 'mon-b', 'rabbitmq', 'cinder-scheduler', 'cinder-volume', 'agent-host-1'];
