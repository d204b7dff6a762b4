import { gibToBytes } from '@clinker/cinder';
import type { CallStep, StepContext, WaitStep } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { diskIdSchema, volumeIdSchema } from '../disks/disk.ids';
import { consumeStorage } from '../quotas/quota.consumption';
import type { MemoryOnHost } from './memory-on-host.client';
import type { MemoryPlace } from './memory-volume.client';
import type { SnapshotMemoryClient } from './snapshot-memory.client';
import { SnapshotMemory } from './snapshot-memory.entity';

/** What every saga keeps of a memory that it saves. */
export const savedMemoryState = {
  memoryId: diskIdSchema,
  storageDomainId: z.string(),
  providerId: z.string(),
  volumeType: z.string().nullable(),
  quotaId: z.string().nullable(),
  sizeGiB: z.int().positive(),
  volumeId: volumeIdSchema.nullable().default(null),
  /** How large (bytes) the memory is. */
  imageBytes: z.number().default(0),
};

type SavedMemory = { readonly [K in keyof typeof savedMemoryState]: z.output<(typeof savedMemoryState)[K]> };

/** The memory of which VM is saved. */
interface Saving extends SavedMemory {
  readonly vmId: string;
  readonly vmName: string;
  /** The host on which it runs. */
  readonly hostName: string | null;
}

/** The steps from a running guest to a volume with its memory; what is between them is each saga's own. */
export interface MemorySteps<S> {
  readonly request: CallStep<S>;
  readonly made: WaitStep<S>;
  /** Of a guest that is paused. */
  readonly write: CallStep<S>;
  readonly attach: CallStep<S>;
  readonly copy: WaitStep<S>;
  readonly clearUp: CallStep<S>;
}

const memoryPlaceOf = ({ memoryId, providerId, volumeId, sizeGiB }: SavedMemory): MemoryPlace => ({
  memoryId,
  providerId,
  volumeId,
  provisionedSize: gibToBytes(sizeGiB),
});

/** The file of an operation's guest. */
const onHost = ({ hostName }: Saving, { operationId }: StepContext): MemoryOnHost => ({ hostName: hostName ?? '', operationId });

const newVolume = (at: Saving, moment: string) => ({
  ...memoryPlaceOf(at),
  volumeType: at.volumeType,
  name: `${at.vmName}-memory`,
  description: `The memory of VM ${at.vmName}: ${moment}`,
});

/**
 * Records a memory whose volume is about to be asked for, and takes its storage of its quota.
 * @param snapshotId of its snapshot; null for that of a VM that is being suspended
 * @throws ConflictError if the quota does not allow it
 */
export async function recordMemory(
  tx: EntityManager,
  at: SavedMemory & { readonly vmId: string },
  snapshotId: string | null,
): Promise<void> {
  const { memoryId: id, vmId, storageDomainId, providerId, quotaId, sizeGiB } = at;
  const provisionedSize = gibToBytes(sizeGiB);
  const names = snapshotId === null ? { action: 'suspend', type: 'VM' } : { action: 'create', type: 'Snapshot' };
  await consumeStorage(tx, { ...names, quotaId, storageDomainId, bytes: provisionedSize });
  const rest = { volumeId: null, imageBytes: 0, forNextRun: false };
  await tx.insert(SnapshotMemory, { id, snapshotId, vmId, storageDomainId, providerId, quotaId, provisionedSize, ...rest });
}

/** Notes that a memory is in its volume. @param forNextRun that the VM's next run begins with it */
export async function noteMemorySaved(
  tx: EntityManager,
  { memoryId: id, volumeId, imageBytes }: SavedMemory,
  forNextRun: boolean,
): Promise<void> {
  await tx.update(SnapshotMemory, { id }, { volumeId, imageBytes, forNextRun });
}

/**
 * @param momentOf says of which moment the memory is, for people who look into Cinder
 * @param whileCopying is called at each look at the copying
 */
export const memorySteps = <S extends Saving>(
  client: SnapshotMemoryClient,
  momentOf: (at: S) => string,
  whileCopying: (at: S, ctx: StepContext) => Promise<void> = () => Promise.resolve(),
): MemorySteps<S> => ({
  request: {
    kind: 'call',
    name: 'ask Cinder for a volume for the memory',
    run: async (at, ctx) => noted<S>({ volumeId: await client.volume.request(newVolume(at, momentOf(at)), ctx) }),
    undo: (at, ctx) => client.volume.takeBack(memoryPlaceOf(at), ctx),
  },
  made: {
    kind: 'wait',
    name: 'wait until Cinder has made the volume',
    until: (at, ctx) => client.volume.isMade(memoryPlaceOf(at), ctx),
    every: '5s',
    within: '1h',
  },
  write: {
    kind: 'call',
    name: 'write the memory into a file on the host',
    within: '10m',
    run: async (at, ctx) => noted<S>({ imageBytes: await client.host.save(onHost(at, ctx), at.vmId, gibToBytes(at.sizeGiB)) }),
    undo: (at, ctx) => client.host.remove(onHost(at, ctx)),
  },
  attach: {
    kind: 'call',
    name: 'attach the volume to the host',
    within: '2m',
    run: async (at, ctx) => void (await client.volume.attach(memoryPlaceOf(at), at.hostName ?? '', ctx)),
    undo: (at, ctx) => client.volume.detach(memoryPlaceOf(at), ctx),
  },
  copy: copyStep(client, whileCopying),
  clearUp: {
    kind: 'call',
    name: 'detach the volume, and remove the file',
    run: async (at, ctx) => {
      await client.volume.detach(memoryPlaceOf(at), ctx);
      await client.host.remove(onHost(at, ctx));
    },
  },
});

const noted = <S>(changes: Partial<SavedMemory>): Partial<S> => changes as unknown as Partial<S>;

async function copied<S extends Saving>(
  client: SnapshotMemoryClient,
  at: S,
  ctx: StepContext,
): Promise<true | (Partial<S> & { progress: number })> {
  const side = await client.volume.side(memoryPlaceOf(at), at.hostName ?? '', ctx);
  const progress = await client.host.copy(onHost(at, ctx), side);
  return progress === 100 || { ...noted<S>({}), progress };
}

const copyStep = <S extends Saving>(
  client: SnapshotMemoryClient,
  whileCopying: (at: S, ctx: StepContext) => Promise<void>,
): WaitStep<S> => ({
  kind: 'wait',
  name: 'copy the memory into the volume',
  until: async (at, ctx) => {
    await whileCopying(at, ctx);
    return copied<S>(client, at, ctx);
  },
  every: '1s',
  within: '24h',
  undo: (at, ctx) => client.host.endCopy(onHost(at, ctx), at.volumeId),
});
