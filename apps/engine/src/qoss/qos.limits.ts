import { InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import type { Qos } from './qos.entity';
import type { ChangedQos } from './qos.input';

export type QosLimits = Pick<
  Qos,
  'maxThroughput' | 'maxReadThroughput' | 'maxWriteThroughput' | 'maxIops' | 'maxReadIops' | 'maxWriteIops'
>;

export const NO_LIMITS: QosLimits = {
  maxThroughput: null,
  maxReadThroughput: null,
  maxWriteThroughput: null,
  maxIops: null,
  maxReadIops: null,
  maxWriteIops: null,
};

/** 0 takes a limit away. */
const given = (wanted: number | undefined, present: number | null): number | null => (wanted === undefined ? present : wanted || null);

function refuseTotalWithParts(what: string, total: number | null, parts: readonly (number | null)[]): void {
  if (total === null || parts.every((part) => part === null)) return;
  throw new InvalidInputError(`A total limit of ${what} and limits of reading or writing exclude each other.`);
}

/** The limits that a request asks for, over those that are there. @throws InvalidInputError, UnsupportedError */
export function limitsOf(present: QosLimits, input: Omit<ChangedQos, 'name'>, action: 'add' | 'edit'): QosLimits {
  if (input.type !== undefined && input.type !== 'storage')
    throw new UnsupportedError(`Cannot ${action} QoS. Only the use of storage can be limited, not '${input.type}'.`);
  const limits = {
    maxThroughput: given(input.max_throughput, present.maxThroughput),
    maxReadThroughput: given(input.max_read_throughput, present.maxReadThroughput),
    maxWriteThroughput: given(input.max_write_throughput, present.maxWriteThroughput),
    maxIops: given(input.max_iops, present.maxIops),
    maxReadIops: given(input.max_read_iops, present.maxReadIops),
    maxWriteIops: given(input.max_write_iops, present.maxWriteIops),
  };
  refuseTotalWithParts('throughput', limits.maxThroughput, [limits.maxReadThroughput, limits.maxWriteThroughput]);
  refuseTotalWithParts('operations', limits.maxIops, [limits.maxReadIops, limits.maxWriteIops]);
  return limits;
}
