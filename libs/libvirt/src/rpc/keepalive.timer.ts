export interface KeepaliveOptions {
  /** Milliseconds of silence before a ping; 0 turns our pings off. */
  readonly intervalMs: number;
  /** Pings that may stay without an answer before the peer counts as dead. */
  readonly count: number;
}

/**
 * Notices a peer that holds the connection open but does nothing: after each interval of silence it asks for a ping, and after
 * `count` pings in a row with nothing heard it reports the peer dead. Anything heard starts the count again, as libvirt does it.
 */
export class KeepaliveTimer {
  #timer: NodeJS.Timeout | undefined;
  #heard = false;
  #unanswered = 0;

  constructor(
    private readonly options: KeepaliveOptions,
    private readonly ping: () => void,
    private readonly dead: () => void,
  ) {}

  start(): void {
    if (this.options.intervalMs > 0) this.#timer ??= setInterval(() => this.#tick(), this.options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heard = true;
    this.#unanswered = 0;
  }

  #tick(): void {
    if (this.#heard) {
      this.#heard = false;
    } else if (this.#unanswered >= this.options.count) {
      this.stop();
      this.dead();
    } else {
      this.#unanswered += 1;
      this.ping();
    }
  }
}
