import { reference, wireInteger, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a storage domain's name, and so also of the provider of the same name. */
export const MAX_DOMAIN_NAME = 50;

/** GiB; what PostgreSQL's int holds. */
const MAX_BLOCKER = 2 ** 31 - 1;

export const changedStorageDomain = wireObject({
  name: objectName(MAX_DOMAIN_NAME).optional(),
  description: objectText.optional(),
  comment: objectText.optional(),
  warning_low_space_indicator: wireInteger({ max: 100 }).optional(),
  critical_space_action_blocker: wireInteger({ max: MAX_BLOCKER }).optional(),
});

/** The domain to attach, by id or name. */
export const domainToAttach = reference;

export type ChangedStorageDomain = z.output<typeof changedStorageDomain>;
