import { inspect } from 'node:util';
import { faultMessage, faultOf, kindOfStatus, redact, retryAfterMs, type HttpAnswer } from './answer.fault';
import type { CinderErrorKind } from './cinder.error';

const answer = (status: number, body: string, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({ status, body, headers });

describe('faults', () => {
  it.each<[number, CinderErrorKind, boolean]>([
    [400, 'bad_request', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [406, 'version_too_old', false],
    [409, 'conflict', false],
    [413, 'over_limit', false],
    [429, 'rate_limited', true],
    [418, 'bad_request', false],
    [500, 'server_error', true],
    [503, 'server_error', true],
    [302, 'malformed', true],
  ])('of status %i are %s', (status, kind, retryable) => {
    expect(kindOfStatus(status)).toBe(kind);
    expect(faultOf(answer(status, '{}'), 'http://c', []).retryable).toBe(retryable);
  });

  it.each([
    ['{"badRequest":{"code":400,"message":"Invalid volume: no"}}', 'Invalid volume: no'],
    ['{"overLimit":{"code":413,"message":"VolumeLimitExceeded","retryAfter":"0"}}', 'VolumeLimitExceeded'],
    [
      '{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}',
      'The request you have made requires authentication.',
    ],
    ['{"message":"plain"}', 'plain'],
    ['<html>nginx</html>', undefined],
    ['null', undefined],
    ['[]', undefined],
    ['{"x":{"message":"  "}}', undefined],
  ])('in %s say %s', (body, message) => expect(faultMessage(body)).toBe(message));

  it('carry the status, the request id and the wait', () => {
    const headers = { 'x-openstack-request-id': 'req-1', 'retry-after': '3' };
    expect(faultOf(answer(429, '{}', headers), 'http://c', [])).toMatchObject({
      kind: 'rate_limited',
      httpStatus: 429,
      requestId: 'req-1',
      retryAfterMs: 3000,
      message: 'http://c answered 429',
    });
  });

  it('show no secret that was sent back', () => {
    const fault = faultOf(answer(400, '{"badRequest":{"message":"bad header X-Auth-Token: gAAAA-token"}}'), 'http://c', [
      'gAAAA-token',
      '',
    ]);
    expect(inspect(fault, { depth: null, showHidden: true })).not.toContain('gAAAA-token');
    expect(fault.message).toBe('bad header X-Auth-Token: ***');
  });

  it('are cut to a length that logs can bear', () => {
    expect(
      faultOf(answer(400, JSON.stringify({ badRequest: { message: 'x'.repeat(1e6) } })), 'http://c', []).message.length,
    ).toBeLessThanOrEqual(1000);
  });

  it('redact every occurrence', () => expect(redact('a-s-b-s', ['s'])).toBe('a-***-b-***'));
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T08:00:00Z');
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['2', 2000],
    ['Sat, 21 Nov 2026 08:00:05 GMT', 5000],
    ['Sat, 21 Nov 2026 07:00:00 GMT', 0],
    ['soon', undefined],
  ])('%s is %s ms', (value, ms) => expect(retryAfterMs(value, now)).toBe(ms));
});
