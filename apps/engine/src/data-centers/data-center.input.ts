import { reference, wireBoolean, wireEnum, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { compatibilityVersion } from './compatibility.version';

/** oVirt's limit of a data center's name. */
const MAX_NAME = 40;

const settable = {
  version: compatibilityVersion.optional(),
  description: objectText.optional(),
  comment: objectText.optional(),
  local: wireBoolean.optional(),
  mac_pool: reference.optional(),
  quota_mode: wireEnum(['disabled', 'audit', 'enabled'], 'QuotaModeType').optional(),
};

export const newDataCenter = wireObject({ name: objectName(MAX_NAME), ...settable });
export const changedDataCenter = wireObject({ name: objectName(MAX_NAME).optional(), ...settable });

export type NewDataCenter = z.output<typeof newDataCenter>;
export type ChangedDataCenter = z.output<typeof changedDataCenter>;
