import { InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import { NO_LIMITS, limitsOf } from './qos.limits';

describe('the limits of a QoS', () => {
  it('are those that are given, over those that are there, and 0 takes one away', () => {
    const first = limitsOf(NO_LIMITS, { max_throughput: 10, max_read_iops: 5 }, 'add');
    expect(first).toEqual({ ...NO_LIMITS, maxThroughput: 10, maxReadIops: 5 });
    expect(limitsOf(first, { max_throughput: 0, max_write_throughput: 3 }, 'edit')).toEqual({
      ...NO_LIMITS,
      maxWriteThroughput: 3,
      maxReadIops: 5,
    });
  });

  it('are refused if a total stands beside its parts, also beside one that is there already', () => {
    expect(() => limitsOf(NO_LIMITS, { max_iops: 1, max_read_iops: 1 }, 'add')).toThrow(InvalidInputError);
    expect(() => limitsOf({ ...NO_LIMITS, maxThroughput: 1 }, { max_read_throughput: 1 }, 'edit')).toThrow(InvalidInputError);
  });

  it('are those of storage and of nothing else', () => {
    expect(() => limitsOf(NO_LIMITS, { type: 'network' }, 'add')).toThrow(UnsupportedError);
  });
});
