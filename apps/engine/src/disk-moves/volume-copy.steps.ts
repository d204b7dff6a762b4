import type { Step } from '@clinker/sagas';
import type { VolumeCopyClient } from './volume-copy.client';
import type { VolumeCopying } from './volume-copying';

/** From the wish for a new volume to one that has all data of the old one, and that no host has open. */
export const volumeCopySteps = <S extends VolumeCopying>(client: () => VolumeCopyClient): readonly Step<S>[] => [
  {
    kind: 'call',
    name: 'ask Cinder for the new volume',
    run: async (at, ctx) => ({ targetVolumeId: await client().request(at, ctx) }) as Partial<S>,
    undo: (at, ctx) => client().takeBack(at, ctx),
  },
  {
    kind: 'wait',
    name: 'wait until Cinder has made the new volume',
    until: (at, ctx) => client().isMade(at, ctx),
    every: '5s',
    within: '1h',
  },
  {
    kind: 'call',
    name: 'attach both volumes to the host',
    within: '2m',
    run: (at, ctx) => client().attach(at, ctx),
    undo: (at, ctx) => client().detach(at, ctx),
  },
  {
    kind: 'wait',
    name: 'copy the data',
    until: async (at, ctx) => {
      const progress = await client().copy(at, ctx);
      return progress === 100 || ({ progress } as Partial<S> & { progress: number });
    },
    every: '1s',
    within: '24h',
    undo: (at, ctx) => client().end(at, ctx),
  },
  { kind: 'call', name: 'detach both volumes from the host', run: (at, ctx) => client().detach(at, ctx) },
];
