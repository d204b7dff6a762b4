import fc from 'fast-check';
import { parseRequest } from './command.parsing';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const VM_ID = '11111111-1111-4111-8111-111111111111';

const refusalOf = (name: string, payload: Uint8Array): unknown => {
  try {
    return parseRequest(name, payload);
  } catch (error) {
    return error;
  }
};

describe('parseRequest', () => {
  it('gives the request as the contract has it, without what is not in it', () => {
    expect(parseRequest('inspect-domain', bytes({ vmId: VM_ID, extra: 1 }))).toEqual({
      command: 'inspect-domain',
      request: { vmId: VM_ID },
    });
  });

  it.each(['', 'no-such-command', 'toString', '__proto__', 'x'.repeat(5_000)])('refuses the command %p', (name) => {
    expect(refusalOf(name, bytes({}))).toMatchObject({ code: 'invalid_request' });
  });

  it.each(['', '{', 'null', '[]', '"text"', '{"vmId":1}', '{"vmId":null}'])('refuses %p', (payload) => {
    expect(refusalOf('inspect-domain', bytes(payload))).toMatchObject({ code: 'invalid_request' });
  });

  it('refuses any bytes with that one error and no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(refusalOf('inspect-domain', payload)).toMatchObject({ code: 'invalid_request' });
      }),
    );
  });

  it('names the fields that are wrong and quotes no value: it may be a key', () => {
    const secret = { uuid: 'x', usageType: 'ceph', usageName: 'clinker/a', description: '', value: 'not base64: TOPSECRET' };
    const parse = (): unknown => parseRequest('ensure-secrets', bytes({ operationId: null, version: 1, secrets: [secret] }));
    expect(parse).toThrow(/secrets\.0\.uuid.*secrets\.0\.value/);
    expect(parse).not.toThrow(/TOPSECRET/);
  });
});
