/** A step has not come back although its deadline and a grace period have passed. */
export class StepTimeout extends Error {
  override readonly name = 'StepTimeout';
}

/** How long some work may take, and what else ends it. */
export interface Bounds {
  /** Milliseconds until the work's signal aborts. */
  withinMs: number;
  /** Milliseconds more until the work is not waited for any longer. */
  graceMs: number;
  /** Other reasons to abort. */
  signals: AbortSignal[];
}

/**
 * Runs `work` with a signal that aborts at the deadline. Work that ignores the signal is left alone after the grace period:
 * a hung call must not hold its worker for ever. Throws `StepTimeout` for both.
 */
export async function boundedWork<T>(work: (signal: AbortSignal) => Promise<T>, { withinMs, graceMs, signals }: Bounds): Promise<T> {
  const controller = new AbortController();
  const late = new StepTimeout(`No answer within ${Math.round(withinMs)} ms`);
  const { promise: tooLate, cancel } = rejectAfter(withinMs + graceMs, late);
  const abort = setTimeout(() => controller.abort(late), withinMs);
  const unlink = signals.map((signal) => follow(controller, signal));
  try {
    return await Promise.race([work(controller.signal), tooLate]);
  } catch (error) {
    if (controller.signal.reason === late) late.cause ??= error === late ? undefined : error;
    throw controller.signal.reason === late ? late : error;
  } finally {
    clearTimeout(abort);
    cancel();
    unlink.forEach((undo) => undo());
  }
}

function rejectAfter(ms: number, reason: Error): { promise: Promise<never>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(reason), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

/** Aborts `controller` when `signal` does. Not `AbortSignal.any`, which keeps every follower of a long-lived signal in memory. */
function follow(controller: AbortController, signal: AbortSignal): () => void {
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
