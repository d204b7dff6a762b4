import { inspect } from 'node:util';
import type { CinderErrorKind } from './cinder.error';
import { connectionFailure } from './connection.failure';

const error = (code: string, name = 'Error'): Error => Object.assign(new Error('quotes secret-answer'), { code, name });

describe('a failed connection', () => {
  it.each<[string, CinderErrorKind]>([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['UND_ERR_SOCKET', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'malformed'],
  ])('with %s is %s', (code, kind) => {
    const failure = connectionFailure(error(code), 'http://c:8776');
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(code) as string });
    expect(inspect(failure, { depth: null })).not.toContain('secret-answer');
  });

  it('by our own deadline is a timeout', () => {
    expect(connectionFailure(new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'http://c').kind).toBe(
      'timeout',
    );
  });

  it('with an answer that is not HTTP is malformed', () => {
    expect(connectionFailure(error('HPE_INVALID_CONSTANT', 'HTTPParserError'), 'http://c').kind).toBe('malformed');
  });
});
