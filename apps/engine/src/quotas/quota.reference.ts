import { reference } from '@clinker/ovirt-api';
import { z } from 'zod';

/** Stands for no quota, which is the data center's default: the one that limits nothing. */
export const NO_QUOTA = '00000000-0000-0000-0000-000000000000';

const isEmptyId = (value: unknown): boolean => typeof value === 'object' && value !== null && 'id' in value && value.id === '';

/** A quota by id or name; none for an empty id, which is what Ansible makes of `quota_id: ''`. */
export const quotaReference = z.preprocess((value) => (isEmptyId(value) ? { id: NO_QUOTA } : value), reference);
