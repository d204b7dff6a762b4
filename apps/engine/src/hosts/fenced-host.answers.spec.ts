import { BackendError } from '../errors/domain.errors';
import { answerOfFenced } from './fenced-host.answers';

const vmId = '11111111-1111-4111-8111-111111111111';
const about = { operationId: null, vmId };

describe('in the place of a host that was confirmed to be off', () => {
  it('everything has ended', () => {
    expect(answerOfFenced('a', 'ensure-domain-gone', about)).toEqual({ status: 'done' });
    expect(answerOfFenced('a', 'ensure-disk-unplugged', { ...about, diskId: vmId })).toEqual({ status: 'done' });
    expect(answerOfFenced('a', 'ensure-nic-unplugged', { ...about, nicId: vmId })).toEqual({ status: 'done' });
    expect(answerOfFenced('a', 'ensure-domain-shutting-down', about)).toMatchObject({ status: 'done', domain: { state: 'absent' } });
    expect(answerOfFenced('a', 'inspect-domain', { vmId }).domain.state).toBe('absent');
    expect(answerOfFenced('a', 'inventory', {}).domains).toEqual([]);
  });

  it('nothing begins', () => {
    expect(() => answerOfFenced('a', 'describe', {})).toThrow(
      new BackendError('Host a was confirmed to be off, and has not come back since.'),
    );
  });
});
