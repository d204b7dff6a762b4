import fc from 'fast-check';
import { bytesToGiB, gibToBytes } from './volume.size';

const GIB = 1_073_741_824;

describe('sizes', () => {
  it.each([
    [0, 0],
    [1, 1],
    [GIB, 1],
    [GIB + 1, 2],
    [10 * GIB, 10],
  ])('%i bytes need %i GiB', (bytes, gib) => expect(bytesToGiB(bytes)).toBe(gib));

  it('never gives too little, and less than one GiB too much', () => {
    fc.assert(
      fc.property(fc.nat({ max: 64 * 1024 * GIB }), (bytes) => {
        const given = gibToBytes(bytesToGiB(bytes));
        return given >= bytes && given - bytes < GIB;
      }),
    );
  });
});
