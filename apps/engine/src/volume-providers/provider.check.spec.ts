import { CinderError, type CinderErrorKind } from '@clinker/cinder';
import { BackendError, ConflictError, InvalidInputError } from '../errors/domain.errors';
import { checkFault, lookFault } from './provider.check';

describe('the fault of a test', () => {
  it.each<[CinderErrorKind, typeof InvalidInputError | typeof ConflictError | typeof BackendError, string]>([
    ['unauthorized', InvalidInputError, 'authenticate'],
    ['no_service_role', InvalidInputError, 'authenticate'],
    ['not_keystone', InvalidInputError, 'communicate'],
    ['tls', InvalidInputError, 'communicate'],
    ['version_too_old', InvalidInputError, 'communicate'],
    ['unreachable', ConflictError, 'communicate'],
    ['timeout', ConflictError, 'communicate'],
    ['server_error', BackendError, 'communicate'],
    ['conflict', BackendError, 'communicate'],
  ])('%s', (kind, type, word) => {
    const fault = checkFault(new CinderError(kind, 'what it said.'), 'add');
    expect(fault).toBeInstanceOf(type);
    expect(fault).toHaveProperty(
      'message',
      expect.stringMatching(new RegExp(`^Cannot add Provider\\. Failed to ${word} .* what it said\\.$`)),
    );
  });

  it('leaves alone what is not of Cinder', () => {
    const bug = new TypeError('x');
    expect(checkFault(bug, 'add')).toBe(bug);
    expect(lookFault(bug)).toBe(bug);
  });

  it('of a look has the words of oVirt', () => {
    expect(lookFault(new CinderError('unreachable', 'nobody'))).toEqual(new BackendError("An error occurred on Cinder - 'nobody'."));
  });
});
