import type { Monitor } from '@clinker/agent-protocol';
import { connect } from 'node:net';

/** Ports of a monitor whose port is not given: messenger v2, then v1. */
const DEFAULT_PORTS = [3300, 6789];
/** First bytes that a monitor says by itself: https://docs.ceph.com, "msgr2 protocol" and "protocol" (v1). */
const BANNERS = ['ceph v2\n', 'ceph v027'].map((text) => Buffer.from(text));
const LONGEST_BANNER = 9;

export interface ProbeLimits {
  /** Milliseconds for all monitors together. */
  readonly totalMs: number;
  /** Milliseconds that the others have after the first one answered. */
  readonly graceMs: number;
}

const LIMITS: ProbeLimits = { totalMs: 1_500, graceMs: 100 };

/** Monitors by whether they answered; each list in the given order. */
export interface ProbedMonitors {
  readonly live: readonly Monitor[];
  readonly silent: readonly Monitor[];
}

/**
 * Which monitors of a cluster answer: each is connected to and must say Ceph's banner, all at once. A dead one costs no time when another
 * is alive; with all of them dead this takes `totalMs`.
 */
export async function probeMonitors(monitors: readonly Monitor[], limits: ProbeLimits = LIMITS): Promise<ProbedMonitors> {
  const giveUp = new AbortController();
  const timers = [setTimeout(() => giveUp.abort(), limits.totalMs)];
  const asked = monitors.map(async (monitor) => {
    const live = await answers(monitor, giveUp.signal);
    if (live) timers.push(setTimeout(() => giveUp.abort(), limits.graceMs));
    return { monitor, live };
  });
  const outcomes = await Promise.all(asked);
  timers.forEach(clearTimeout);
  const those = (live: boolean): Monitor[] => outcomes.filter((each) => each.live === live).map((each) => each.monitor);
  return { live: those(true), silent: those(false) };
}

async function answers(monitor: Monitor, giveUp: AbortSignal): Promise<boolean> {
  const ports = monitor.port === null ? DEFAULT_PORTS : [monitor.port];
  const done = new AbortController();
  const signal = AbortSignal.any([giveUp, done.signal]);
  const tries = ports.map(async (port) => {
    if (await saysBanner(monitor.host, port, signal)) return true;
    throw new Error('silent');
  });
  const live = await Promise.any(tries).catch(() => false);
  done.abort();
  return live;
}

function saysBanner(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const end = (): void => {
      signal.removeEventListener('abort', end);
      socket.destroy();
      resolve(BANNERS.some((banner) => received.subarray(0, banner.length).equals(banner)));
    };
    signal.addEventListener('abort', end);
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (isBanner(received) || received.length >= LONGEST_BANNER) end();
    });
    if (signal.aborted) end();
  });
}

const isBanner = (bytes: Buffer): boolean => BANNERS.some((banner) => bytes.subarray(0, banner.length).equals(banner));
