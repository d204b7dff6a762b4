import { AgentError, type CommandReply, type VolumeSide } from '@clinker/agent-protocol';
import { AgentContext } from '../agent.context';
import { type RunningCopy, startCopy } from './qemu-img.copy';
import { VolumeAddresses } from './volume.addresses';

/** What is copied into which volume: another volume, or a file on this host. */
interface Request {
  readonly operationId: string | null;
  readonly source: VolumeSide | { readonly file: string };
  readonly target: VolumeSide;
}
type Reply = CommandReply<'ensure-volume-copied'>;

interface Copy {
  /** Of this operation. */
  readonly operationId: string | null;
  running: RunningCopy | undefined;
  ended: boolean;
  failure: Error | undefined;
  cancelled: boolean;
  readonly outcome: Promise<void>;
}

/** How long (ms) the outcome of a copy is known, for an engine that has missed the answer. */
const KEEP_MS = 600_000;

/** Copies volumes on this host, one copy into a volume at a time. */
export class VolumeCopyService {
  private readonly copies = new Map<string, Copy>();

  constructor(
    private readonly context: AgentContext,
    private readonly addresses: VolumeAddresses,
  ) {}

  /** @throws AgentError `copy_failed`, and those of the preflight of both volumes */
  ensure(request: Request): Reply {
    const { volumeId } = request.target;
    const copy = this.copies.get(volumeId) ?? this.begin(request);
    if (copy.operationId !== request.operationId)
      throw new AgentError('device_conflict', `another operation copies into the volume ${volumeId}`);
    if (!copy.ended) return { status: 'in_progress', progress: Math.min(copy.running?.progress ?? 0, 99) };
    if (copy.failure === undefined) return { status: 'done' };
    this.copies.delete(volumeId);
    throw copy.failure;
  }

  /** Returns when nothing copies into the volume any more. */
  async end(volumeId: string): Promise<void> {
    const copy = this.copies.get(volumeId);
    if (!copy) return;
    copy.cancelled = true;
    copy.running?.kill();
    await copy.outcome;
    this.copies.delete(volumeId);
  }

  private begin(request: Request): Copy {
    const { volumeId } = request.target;
    const copy: Copy = {
      operationId: request.operationId,
      running: undefined,
      ended: false,
      failure: undefined,
      cancelled: false,
      outcome: Promise.resolve(),
    };
    const outcome = this.copy(request, copy)
      .catch((error: unknown) => void (copy.failure = error instanceof Error ? error : new Error(String(error))))
      .then(() => {
        copy.ended = true;
        setTimeout(() => this.forget(volumeId, copy), KEEP_MS).unref();
      });
    const begun = Object.assign(copy, { outcome });
    this.copies.set(volumeId, begun);
    return begun;
  }

  private async copy({ source, target }: Request, copy: Copy): Promise<void> {
    const into = (from: string) => this.addresses.with(target, (to) => this.run(copy, from, { to, fromFile: 'file' in source }));
    await ('file' in source ? into(source.file) : this.addresses.with(source, into));
    this.context.logger.info({ ...namesOf(source), targetVolumeId: target.volumeId }, 'The volume was copied');
  }

  private async run(copy: Copy, from: string, { to, fromFile }: { to: string; fromFile: boolean }): Promise<void> {
    if (copy.cancelled) return;
    copy.running = startCopy(from, to, fromFile ? 'source' : undefined);
    await copy.running.ended;
  }

  private forget(volumeId: string, copy: Copy): void {
    if (this.copies.get(volumeId) === copy) this.copies.delete(volumeId);
  }
}

const namesOf = (source: Request['source']): object => ('file' in source ? { file: source.file } : { sourceVolumeId: source.volumeId });
