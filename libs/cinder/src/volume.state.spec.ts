import fc from 'fast-check';
import { volumeState, type VolumeState } from './volume.state';

describe('volumeState', () => {
  it.each<[string, VolumeState]>([
    ['creating', 'pending'],
    ['downloading', 'pending'],
    ['reserved', 'pending'],
    ['attaching', 'pending'],
    ['detaching', 'pending'],
    ['extending', 'pending'],
    ['deleting', 'pending'],
    ['available', 'available'],
    ['in-use', 'in_use'],
    ['error', 'error'],
    ['error_deleting', 'error'],
    ['error_extending', 'error'],
    ['error_restoring', 'error'],
    ['error_backing-up', 'error'],
    ['error_managing', 'error'],
    ['constructor', 'unknown'],
    ['toString', 'unknown'],
    ['', 'unknown'],
    ['some-future-word', 'unknown'],
  ])('sorts %s under %s', (status, state) => expect(volumeState(status)).toBe(state));

  it('has an answer for any text', () => {
    const answers: VolumeState[] = ['pending', 'available', 'in_use', 'error', 'unknown'];
    fc.assert(fc.property(fc.string(), (status) => answers.includes(volumeState(status))));
  });
});
