import { wireEnum, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';

const usageType = wireEnum(['ceph'], 'OpenStackVolumeAuthenticationKeyUsageType');

/** The uuid's and the value's form is the service's matter: oVirt has its own texts for them. */
export const newAuthenticationKey = wireObject({
  uuid: wireString,
  value: wireString,
  usage_type: usageType,
  description: objectText.optional(),
});

export const changedAuthenticationKey = wireObject({
  uuid: wireString.optional(),
  value: wireString.optional(),
  usage_type: usageType.optional(),
  description: objectText.optional(),
});

export type NewAuthenticationKey = z.output<typeof newAuthenticationKey>;
export type ChangedAuthenticationKey = z.output<typeof changedAuthenticationKey>;
