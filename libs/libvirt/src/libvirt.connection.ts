import { setTimeout as delay } from 'node:timers/promises';
import { DomainEvent } from './domain.events';
import { LibvirtConnectionError } from './libvirt.errors';
import { domainEventOf } from './protocol/event.table';
import { Procedure, REMOTE_PROGRAM } from './protocol/procedure';
import { Frame } from './rpc/frame.codec';
import { RpcSession, SessionOptions } from './rpc/rpc.session';
import { shakeHands } from './rpc/session.handshake';
import { SessionGate } from './rpc/session.gate';

export interface LibvirtConnectionOptions {
  /** libvirtd's (or virtqemud's) read-write socket, as /run/libvirt/libvirt-sock. */
  readonly socketPath: string;
  /** Driver to open; qemu:///system by default. */
  readonly uri?: string;
  /** Milliseconds of silence before a keepalive ping, 0 for none; 5000 by default. */
  readonly keepaliveIntervalMs?: number;
  /** Unanswered pings before the connection counts as dead; 5 by default. */
  readonly keepaliveCount?: number;
  /** Milliseconds until a call is given up; 120 000 by default. */
  readonly callTimeoutMs?: number;
  /** Milliseconds for connecting, from the socket to the registered events; 10 000 by default. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds between two tries to connect; 1000 by default. */
  readonly reconnectDelayMs?: number;
  /** Milliseconds that a call waits for a connection that is away; 5000 by default. */
  readonly reconnectWaitMs?: number;
  /**
   * Calls under way at once; the rest waits on our side. 4 by default, one less than libvirtd's `max_client_requests`: at that number
   * libvirtd stops reading, so that keepalive messages go unread and it cuts the connection off.
   */
  readonly maxCallsUnderWay?: number;
}

export interface ConnectionListener {
  /** Connected, with all events registered. Whatever was known of domains and secrets may be out of date. */
  connected(): void;
  disconnected(error: LibvirtConnectionError): void;
  domainEvent(event: DomainEvent): void;
}

const defaults = {
  uri: 'qemu:///system',
  keepaliveIntervalMs: 5_000,
  keepaliveCount: 5,
  callTimeoutMs: 120_000,
  connectTimeoutMs: 10_000,
  reconnectDelayMs: 1_000,
  reconnectWaitMs: 5_000,
  maxCallsUnderWay: 4,
};

/** Keeps one session to libvirt: opens it, registers events, and opens the next one when it is lost, until it is closed. */
export class LibvirtConnection {
  readonly #options: Required<LibvirtConnectionOptions>;
  readonly #listener: ConnectionListener;
  readonly #gate = new SessionGate();
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: LibvirtConnectionOptions, listener: ConnectionListener) {
    this.#options = { ...defaults, ...options };
    this.#listener = listener;
  }

  /**
   * Starts to keep the connection up. Settles with the outcome of the current try; when it rejects, tries go on behind it until
   * `close`, and `connected` will tell.
   */
  async connect(): Promise<void> {
    if (this.#closing.signal.aborted) throw closedError();
    const outcome = this.#gate.nextTry();
    this.#gate.allow();
    this.#loop ??= this.#keepUp(this.#closing.signal);
    await outcome;
  }

  /** Ends the connection for good; calls that wait are rejected. Returns when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#gate.refuse(closedError());
    await this.#loop;
  }

  /** Calls libvirt, waiting for a connection that is away for at most `reconnectWaitMs`. Errors are those of `RpcSession.call`. */
  async call<A, R>(procedure: Procedure<A, R>, args: A): Promise<R> {
    const session = await this.#gate.session(this.#options.reconnectWaitMs);
    return session.call(procedure, args);
  }

  async #keepUp(closing: AbortSignal): Promise<void> {
    while (!closing.aborted) {
      await this.#tryOnce(closing);
      await delay(this.#options.reconnectDelayMs, undefined, { signal: closing }).catch(() => undefined);
    }
  }

  async #tryOnce(closing: AbortSignal): Promise<void> {
    let session: RpcSession;
    try {
      session = await this.#establish(closing);
    } catch (cause) {
      this.#gate.fail(connectionError(cause));
      return;
    }
    this.#gate.open(session);
    process.nextTick(() => this.#listener.connected());
    const error = await endOf(session, closing);
    this.#gate.fail(error);
    process.nextTick(() => this.#listener.disconnected(error));
  }

  async #establish(closing: AbortSignal): Promise<RpcSession> {
    const session = await RpcSession.open(this.#sessionOptions());
    const release = endOnAbort(session, closing);
    const tooLate = new LibvirtConnectionError('timeout', 'libvirt did not answer while connecting', false);
    const timer = setTimeout(() => session.end(tooLate), this.#options.connectTimeoutMs);
    try {
      await shakeHands(session, this.#options.uri);
      return session;
    } catch (cause) {
      const error = connectionError(cause);
      session.end(error);
      throw error;
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  #sessionOptions(): SessionOptions {
    const { socketPath, callTimeoutMs, maxCallsUnderWay, keepaliveIntervalMs, keepaliveCount } = this.#options;
    const keepalive = { intervalMs: keepaliveIntervalMs, count: keepaliveCount };
    return { socketPath, callTimeoutMs, maxCallsUnderWay, keepalive, onMessage: (frame) => this.#take(frame) };
  }

  /** Decodes here, tells outside: a listener that throws must not look like a broken message. */
  #take({ header, payload }: Frame): void {
    if (header.program !== REMOTE_PROGRAM) return;
    const event = domainEventOf(header.procedure, payload);
    if (event !== undefined) process.nextTick(() => this.#listener.domainEvent(event));
  }
}

async function endOf(session: RpcSession, closing: AbortSignal): Promise<LibvirtConnectionError> {
  const release = endOnAbort(session, closing);
  const error = await session.ended;
  release();
  return error;
}

/** Ends the session when, or if already, `closing` is aborted. The function that comes back lets go of it. */
function endOnAbort(session: RpcSession, closing: AbortSignal): () => void {
  const end = (): void => session.end(closedError());
  if (closing.aborted) end();
  closing.addEventListener('abort', end);
  return () => closing.removeEventListener('abort', end);
}

function closedError(): LibvirtConnectionError {
  return new LibvirtConnectionError('closed', 'the connection to libvirt was closed', false);
}

function connectionError(cause: unknown): LibvirtConnectionError {
  if (cause instanceof LibvirtConnectionError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new LibvirtConnectionError('lost', `libvirt refused the connection: ${text}`, false, { cause });
}
