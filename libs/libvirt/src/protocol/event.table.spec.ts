import { encode, int, struct, text } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { domainEventOf, eventKinds } from './event.table';
import { domain } from './wire.types';

const someDomain = { name: 'vm', uuid: '123e4567-e89b-12d3-a456-426614174000', id: 3 };
const lifecycle = struct({ callbackId: int, domain, event: int, detail: int });

describe('domain events', () => {
  it('have one registration and one message each', () => {
    expect(new Set(eventKinds.map(({ eventId }) => eventId)).size).toBe(eventKinds.length);
    expect(new Set(eventKinds.map(({ message }) => message)).size).toBe(eventKinds.length);
  });

  it("come with names for libvirt's numbers", () => {
    const payload = encode(lifecycle, { callbackId: 0, domain: someDomain, event: 5, detail: 1 });
    expect(domainEventOf(318, payload)).toEqual({
      type: 'lifecycle',
      uuid: someDomain.uuid,
      name: 'vm',
      event: 'stopped',
      detail: 'destroyed',
    });
  });

  it('say unknown for numbers of a newer libvirt', () => {
    const payload = encode(lifecycle, { callbackId: 0, domain: someDomain, event: 99, detail: 1 });
    expect(domainEventOf(318, payload)).toMatchObject({ event: 'unknown', detail: 'unknown' });
  });

  it('tell why QEMU could not write', () => {
    const codec = struct({ callbackId: int, domain, path: text, alias: text, action: int, reason: text });
    const payload = encode(codec, { callbackId: 0, domain: someDomain, path: 'pool/image', alias: 'ua-1', action: 1, reason: 'enospc' });
    const { uuid, name } = someDomain;
    expect(domainEventOf(324, payload)).toEqual({
      type: 'io-error',
      uuid,
      name,
      path: 'pool/image',
      alias: 'ua-1',
      action: 'pause',
      reason: 'enospc',
    });
  });

  it('leave out messages that were not registered for, and refuse a message that is cut short', () => {
    expect(domainEventOf(9_999, Buffer.alloc(4))).toBeUndefined();
    expect(() => domainEventOf(318, Buffer.alloc(8))).toThrow(XdrError);
  });
});
