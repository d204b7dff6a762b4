import fc from 'fast-check';
import { MalformedDocument, booleanParameter, parameter, parseTarget } from './index';

/** A bound against quadratic work, which takes minutes; not a measurement. */
const QUICKLY_MS = 10_000;

describe('parseTarget', () => {
  it.each([
    ['/ovirt-engine/api', '/ovirt-engine/api', '/', undefined],
    ['/ovirt-engine/api/', '/ovirt-engine/api', '/', undefined],
    ['/api/vms/1/', '/api', '/vms/1', undefined],
    ['/ovirt-engine/api/v4/disks', '/ovirt-engine/api', '/disks', '4'],
    ['/ovirt-engine/api/v3', '/ovirt-engine/api', '/', '3'],
    ['/ovirt-engine/api//vms//1', '/ovirt-engine/api', '/vms/1', undefined],
    ['/ovirt-engine/api/vms;a=b/1;c/nics;max=2', '/ovirt-engine/api', '/vms/1/nics', undefined],
    ['/ovirt-engine/api;max=1?search=a', '/ovirt-engine/api', '/', undefined],
    ['/api/disks/a%2Fb', '/api', '/disks/a%2Fb', undefined],
  ])('takes %s apart', (url, prefix, path, version) => {
    expect(parseTarget(url)).toMatchObject({ prefix, path, version });
  });

  it.each(['/', '', '*', 'api', '/apis', '/ovirt-engine/apix/vms', '/ovirt-engine/sso/oauth/token', '/apidoc', '?/api'])(
    'leaves %s to others',
    (url) => expect(parseTarget(url)).toBeUndefined(),
  );

  it('reads query and matrix parameters as clients write them', () => {
    const target = parseTarget('/ovirt-engine/api/vms;x=1/2;async;max=5;from=a+b?search=name%3D%22a%22+and+b&max=7&max=8&schema&e=');
    expect({ ...target?.query }).toEqual({ search: 'name="a" and b', max: '7', schema: '', e: '' });
    expect({ ...target?.matrix }).toEqual({ async: 'true', max: '5', from: 'a+b' });
    expect(target && parameter(target, 'max')).toBe('7');
    expect(target && parameter(target, 'from')).toBe('a+b');
    expect(target && parameter(target, 'constructor')).toBeUndefined();
  });

  it.each(['/api/vms/%', '/api/%ff', '/api/vms?search=%zz', '/api/vms;a=%', '/api/vms?a=%00', '/api/x%00'])('refuses %s', (url) => {
    expect(() => parseTarget(url)).toThrow(MalformedDocument);
  });

  it('ends in a target, nothing or the typed error for any text, in linear time', () => {
    const pieces = fc.constantFrom('/', ';', '=', '?', '&', '%', '%20', 'api', 'vms', 'v4', '+', '#', 'é');
    const tail = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(tail, fc.constantFrom('', '/api/', '/ovirt-engine/api/'), (text, start) => {
        try {
          expect(parseTarget(start + text)?.path.startsWith('/') ?? true).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedDocument);
        }
      }),
      { numRuns: 2000 },
    );
    const start = performance.now();
    for (const piece of [';a', '/;', '&a=b', '?']) parseTarget(`/api/${piece.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS);
  });
});

describe('booleanParameter', () => {
  it.each(['', 't', 'true', 'TRUE', 'y', 'yes', '1'])('is true for "%s"', (text) => expect(booleanParameter(text)).toBe(true));
  it.each(['false', 'no', '0', 'x'])('is false for "%s"', (text) => expect(booleanParameter(text, true)).toBe(false));
  it('is the default when absent', () => {
    expect(booleanParameter(undefined)).toBe(false);
    expect(booleanParameter(undefined, true)).toBe(true);
  });
});
