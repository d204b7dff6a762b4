import { LibvirtConnectionError } from '../libvirt.errors';

export interface OutgoingCall {
  /** Name of the procedure, for messages. */
  readonly name: string;
  readonly serial: number;
  readonly frame: Buffer;
  /** Wipe the frame once it is written. */
  readonly sensitive: boolean;
  readonly timeoutMs: number;
}

interface Waiting {
  readonly call: OutgoingCall;
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Calls by serial, with a bound on how many are under way. libvirtd reads nothing more from a client that has `max_client_requests`
 * (5) calls running, not even its keepalive, so that the rest has to wait on our side.
 */
export class CallQueue {
  readonly #queued: Waiting[] = [];
  readonly #underWay = new Map<number, Waiting>();

  constructor(
    private readonly limit: number,
    private readonly send: (call: OutgoingCall) => void,
  ) {}

  /** Sends the call when there is room. The promise has the payload of the reply; it rejects at the call's deadline. */
  add(call: OutgoingCall): Promise<Buffer> {
    return new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(waiting), call.timeoutMs);
      const waiting: Waiting = { call, resolve, reject, timer };
      this.#queued.push(waiting);
      this.#sendNext();
    });
  }

  /** Settles the call that this reply belongs to; false when there is none. */
  settle(serial: number, outcome: Buffer | Error): boolean {
    const waiting = this.#underWay.get(serial);
    if (waiting === undefined) return false;
    this.#underWay.delete(serial);
    clearTimeout(waiting.timer);
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome);
    this.#sendNext();
    return true;
  }

  /** The name of the procedure that was called with this serial. */
  nameOf(serial: number): string {
    return this.#underWay.get(serial)?.call.name ?? 'unknown procedure';
  }

  /** Rejects everything: what was sent with an unknown outcome, the rest as never sent. */
  fail(error: LibvirtConnectionError): void {
    const sent = [...this.#underWay.values()];
    const unsent = this.#queued.splice(0);
    this.#underWay.clear();
    for (const waiting of sent) this.#reject(waiting, error, true);
    for (const waiting of unsent) this.#reject(waiting, error, false);
  }

  #reject({ call, reject, timer }: Waiting, error: LibvirtConnectionError, sent: boolean): void {
    clearTimeout(timer);
    if (!sent) wipe(call);
    reject(new LibvirtConnectionError(error.reason, `${call.name}: ${error.message}`, sent, { cause: error }));
  }

  /** A call that was sent keeps its place after its deadline: libvirt is still at work on it and will answer some time. */
  #expire(waiting: Waiting): void {
    const { call } = waiting;
    const index = this.#queued.indexOf(waiting);
    if (index >= 0) this.#queued.splice(index, 1);
    const error = new LibvirtConnectionError('timeout', `no answer within ${call.timeoutMs} ms`, index < 0);
    this.#reject(waiting, error, index < 0);
  }

  #sendNext(): void {
    while (this.#underWay.size < this.limit) {
      const waiting = this.#queued.shift();
      if (waiting === undefined) return;
      this.#underWay.set(waiting.call.serial, waiting);
      this.send(waiting.call);
    }
  }
}

function wipe(call: OutgoingCall): void {
  if (call.sensitive) call.frame.fill(0);
}
