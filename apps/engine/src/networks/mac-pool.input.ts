import { list, wireBoolean, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { macNumber, unicastMac } from './mac.address';

const MAX_NAME = 255;

const range = wireObject({ from: unicastMac, to: unicastMac }).refine(
  ({ from, to }) => macNumber(from) <= macNumber(to),
  'The first address of a range must not be greater than the last',
);

const ranges = list('range', range).refine((all) => all.length > 0, 'A pool needs at least one range');

const settable = { description: objectText.optional(), comment: objectText.optional(), allow_duplicates: wireBoolean.optional() };

export const newMacPool = wireObject({ ...settable, name: objectName(MAX_NAME), ranges });
export const changedMacPool = wireObject({ ...settable, name: objectName(MAX_NAME).optional(), ranges: ranges.optional() });

export type NewMacPool = z.output<typeof newMacPool>;
export type ChangedMacPool = z.output<typeof changedMacPool>;
