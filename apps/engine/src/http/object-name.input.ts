import { wireString } from '@clinker/ovirt-api';

/** oVirt's names: letters of any script, digits, and `_`, `-`, `.`; no spaces. */
const NAME = /^[\p{L}\p{M}\p{N}_.-]+$/u;

/** oVirt's limit of descriptions and comments. */
const MAX_TEXT = 4_000;

/** A name as oVirt allows it, at most so many characters. */
export const objectName = (maximum: number) =>
  wireString
    .min(1, 'must not be empty')
    .max(maximum, `must have at most ${maximum} characters`)
    .regex(NAME, "can only include letters, numbers and '_', '-', '.'");

/** A description or comment. */
export const objectText = wireString.max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`);
