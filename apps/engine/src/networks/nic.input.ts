import { wireBoolean, wireEnum, wireObject, wireUuid } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName } from '../http/object-name.input';
import { unicastMac } from './mac.address';
import { NIC_INTERFACES } from './nic.entity';

/** oVirt's limit of an interface's name. */
const MAX_NAME = 50;

const settable = {
  interface: wireEnum(NIC_INTERFACES, 'NicInterface').optional(),
  linked: wireBoolean.optional(),
  mac: wireObject({ address: unicastMac.optional() }).optional(),
  plugged: wireBoolean.optional(),
  vnic_profile: wireObject({ id: wireUuid.optional() }).optional(),
};

export const newNic = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const changedNic = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewNic = z.output<typeof newNic>;
export type ChangedNic = z.output<typeof changedNic>;
