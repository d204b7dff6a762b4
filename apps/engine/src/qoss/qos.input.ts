import { wireEnum, wireInteger, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a name. */
const MAX_NAME = 50;

/** No more than libvirt's iotune takes, in bytes a second as well. 0 is no limit, as in libvirt. */
const limit = wireInteger({ max: 2 ** 31 - 1 }).optional();

const settable = {
  description: objectText.optional(),
  /** All of oVirt's, so that one that we lack is refused with a better text than one that nobody has. */
  type: wireEnum(['cpu', 'hostnetwork', 'network', 'storage'], 'QosType').optional(),
  max_throughput: limit,
  max_read_throughput: limit,
  max_write_throughput: limit,
  max_iops: limit,
  max_read_iops: limit,
  max_write_iops: limit,
};

export const newQos = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const changedQos = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewQos = z.output<typeof newQos>;
export type ChangedQos = z.output<typeof changedQos>;
