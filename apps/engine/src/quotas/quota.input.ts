import { reference, wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';
import { UNLIMITED } from './quota.entity';

/** oVirt's limits: names of 60 characters, up to 100 % for a warning and 10 times the limit for grace. */
const name = wireString.min(1, 'must not be empty').max(60, 'must have at most 60 characters');
const soft = wireInteger({ max: 100 });
const hard = wireInteger({ max: 1000 });

const percentages = {
  cluster_soft_limit_pct: soft.optional(),
  cluster_hard_limit_pct: hard.optional(),
  storage_soft_limit_pct: soft.optional(),
  storage_hard_limit_pct: hard.optional(),
};

export const newQuota = wireObject({ ...percentages, name, description: objectText.optional() });
export const changedQuota = wireObject({ ...percentages, name: name.optional(), description: objectText.optional() });

/** A number of GiB with an optional fraction, or -1. */
const DECIMAL = /^(-1(\.0+)?|\d{1,9}(\.\d{1,9})?)$/;
const gib = wireString.regex(DECIMAL, 'This is not a number of GiB, or -1 for no limit').transform(Number);

const MAX_GIB = 2 ** 40;
const MAX_VCPUS = 2 ** 31 - 1;

export const newStorageLimit = wireObject({
  limit: wireInteger({ min: UNLIMITED, max: MAX_GIB }),
  storage_domain: reference.optional(),
});

export const newClusterLimit = wireObject({
  vcpu_limit: wireInteger({ min: UNLIMITED, max: MAX_VCPUS }).optional(),
  memory_limit: gib.optional(),
  cluster: reference.optional(),
});

export type NewQuota = z.output<typeof newQuota>;
export type ChangedQuota = z.output<typeof changedQuota>;
export type NewStorageLimit = z.output<typeof newStorageLimit>;
export type NewClusterLimit = z.output<typeof newClusterLimit>;
