import { LibvirtConnectionError } from '../libvirt.errors';
import { RpcSession } from './rpc.session';

interface Waiter {
  readonly resolve: (session: RpcSession) => void;
  readonly reject: (error: LibvirtConnectionError) => void;
}

/** Where callers wait while there is no session. */
export class SessionGate {
  #session: RpcSession | undefined;
  #refusal: LibvirtConnectionError | undefined = new LibvirtConnectionError('closed', 'not connected to libvirt: connect first', false);
  #lastFailure: LibvirtConnectionError | undefined;
  readonly #forSession = new Set<Waiter>();
  readonly #forTry = new Set<Waiter>();

  /** The session, at once or when it is back; rejects when that takes longer than `waitMs` or the gate is refused. */
  session(waitMs: number): Promise<RpcSession> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forSession.delete(waiter);
        reject(this.#away(waitMs));
      }, waitMs);
      const waiter = withoutTimer({ resolve, reject }, timer);
      this.#forSession.add(waiter);
    });
  }

  /** The session that is there, or the outcome of the try that is going on or comes next. */
  nextTry(): Promise<RpcSession> {
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => this.#forTry.add({ resolve, reject }));
  }

  /** From now on a session is being looked for, and callers may wait. */
  allow(): void {
    this.#refusal = undefined;
  }

  open(session: RpcSession): void {
    this.#session = session;
    for (const waiter of drained(this.#forTry, this.#forSession)) waiter.resolve(session);
  }

  /** The session is gone or a try came to nothing; callers go on waiting for the next one. */
  fail(error: LibvirtConnectionError): void {
    this.#session = undefined;
    this.#lastFailure = error;
    for (const waiter of drained(this.#forTry)) waiter.reject(error);
  }

  /** No session will come: everybody is rejected, now and later. */
  refuse(error: LibvirtConnectionError): void {
    this.#session = undefined;
    this.#refusal = error;
    for (const waiter of drained(this.#forTry, this.#forSession)) waiter.reject(error);
  }

  #away(waitMs: number): LibvirtConnectionError {
    const cause = this.#lastFailure;
    const reason = cause?.reason ?? 'timeout';
    const why = cause === undefined ? '' : `: ${cause.message}`;
    return new LibvirtConnectionError(reason, `no connection to libvirt within ${waitMs} ms${why}`, false, { cause });
  }
}

function withoutTimer(waiter: Waiter, timer: NodeJS.Timeout): Waiter {
  return {
    resolve: (session) => {
      clearTimeout(timer);
      waiter.resolve(session);
    },
    reject: (error) => {
      clearTimeout(timer);
      waiter.reject(error);
    },
  };
}

function drained(...sets: readonly Set<Waiter>[]): Waiter[] {
  const waiters = sets.flatMap((set) => [...set]);
  for (const set of sets) set.clear();
  return waiters;
}
