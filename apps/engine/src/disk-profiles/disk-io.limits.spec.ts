import { NO_LIMITS } from '../qoss/qos.limits';
import { ioLimits } from './disk-io.limits';

describe('ioLimits', () => {
  it('are none where nobody sets any', () => {
    expect(ioLimits(null, {})).toBeUndefined();
    expect(ioLimits(NO_LIMITS, { qos_specs: null })).toBeUndefined();
  });

  it('are those of the profile, in bytes', () => {
    const qos = { ...NO_LIMITS, maxReadThroughput: 2, maxWriteThroughput: 1, maxIops: 50 };
    expect(ioLimits(qos, {})).toEqual({ read_bytes_sec: 2 * 1024 ** 2, write_bytes_sec: 1024 ** 2, total_iops_sec: 50 });
  });

  it("are Cinder's for what the profile leaves open", () => {
    const specs = { total_bytes_sec: '1000', read_bytes_sec: '5', read_iops_sec: '7', size_iops_sec: '4096', write_iops_sec: 'none' };
    expect(ioLimits(null, { qos_specs: specs })).toEqual({ total_bytes_sec: 1000, read_iops_sec: 7 });
    expect(ioLimits({ ...NO_LIMITS, maxIops: 50 }, { qos_specs: specs })).toEqual({ total_bytes_sec: 1000, total_iops_sec: 50 });
  });
});
