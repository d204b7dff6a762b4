import fc from 'fast-check';
import { opaque } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { FrameHeader, MAX_FRAME_BYTES, encodeFrame } from './frame.codec';
import { FrameReader } from './frame.reader';

const LIMIT = 1024 * 1024;
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const headers: fc.Arbitrary<FrameHeader> = fc.record({
  program: uint32,
  version: uint32,
  procedure: uint32,
  type: uint32,
  serial: uint32,
  status: uint32,
});
const messages = fc.array(fc.tuple(headers, fc.uint8Array({ maxLength: 300 })), { maxLength: 6 });

const lengthOf = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
};

const cut = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
};

describe('FrameReader', () => {
  it('finds the same frames wherever the stream is cut', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(), { maxLength: 12 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(([header, data]) => encodeFrame(header, opaque(LIMIT), data)));
        const reader = new FrameReader();
        const frames = cut(stream, cuts).flatMap((chunk) => [...reader.push(chunk)]);
        expect(frames.map(({ header }) => header)).toEqual(sent.map(([header]) => header));
        expect(frames.map(({ payload }) => payload.subarray(4, 4 + payload.readUInt32BE(0)))).toEqual(
          sent.map(([, data]) => Buffer.from(data)),
        );
      }),
    );
  });

  it('reads a large frame in single bytes', () => {
    const header = { program: 1, version: 1, procedure: 2, type: 1, serial: 3, status: 0 };
    const bytes = encodeFrame(header, opaque(LIMIT), new Uint8Array(5_000).fill(7));
    const reader = new FrameReader();
    const frames = [...bytes].flatMap((byte) => [...reader.push(Buffer.from([byte]))]);
    expect(frames).toHaveLength(1);
    expect(frames[0]!.payload).toHaveLength(5_004);
  });

  it.each([0, 4, 27, MAX_FRAME_BYTES + 1, 0xffff_ffff])('refuses a length of %d at once, without waiting for the rest', (length) => {
    expect(() => [...new FrameReader().push(lengthOf(length))]).toThrow(XdrError);
  });

  it.each([28, MAX_FRAME_BYTES])('waits for the rest of a frame of %d bytes', (length) => {
    expect([...new FrameReader().push(lengthOf(length))]).toEqual([]);
  });
});

describe('encodeFrame', () => {
  it('puts the length and the six numbers of the header before the payload', () => {
    const header = { program: 0x2000_8086, version: 1, procedure: 66, type: 0, serial: 5, status: 0 };
    const bytes = encodeFrame(header, opaque(8), new Uint8Array([9]));
    expect(bytes.toString('hex')).toBe(
      '00000024 20008086 00000001 00000042 00000000 00000005 00000000 00000001 09000000'.replaceAll(' ', ''),
    );
  });

  it('refuses a message that libvirt would not take', () => {
    const header = { program: 1, version: 1, procedure: 1, type: 0, serial: 1, status: 0 };
    expect(() => encodeFrame(header, opaque(MAX_FRAME_BYTES), new Uint8Array(MAX_FRAME_BYTES))).toThrow(XdrError);
  });
});
