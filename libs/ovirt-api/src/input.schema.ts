import { z } from 'zod';

/** Why a value is refused; becomes the fault's reason and detail. */
export type InputProblem =
  | { kind: 'missing'; names: string }
  | { kind: 'malformed-id'; text: string }
  | { kind: 'not-a-member'; text: string; type: string; allowed: readonly string[] };

/** Key under which a problem travels in the parameters of a zod issue. */
export const PROBLEM = 'inputProblem';

type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

const MAX_STRING_LENGTH = 65_536;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INTEGER = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;
const EPOCH_MILLISECONDS = /^\d{1,15}$/;

function refuse(context: Context, input: string, message: string, problem?: InputProblem): never {
  context.addIssue({ code: 'custom', input, message, ...(problem && { params: { [PROBLEM]: problem } }) });
  return z.NEVER;
}

/** A text of at most 64 Ki characters, or of the given length; `wireString.min(1)` where it must not be empty. */
export const wireString = z.string().max(MAX_STRING_LENGTH);

/** A boolean in a body: `true` or `false` and nothing else. */
export const wireBoolean = z
  .string()
  .meta({ enum: ['true', 'false'] })
  .transform((text, context): boolean => {
    const value = text.trim().toLowerCase();
    if (value !== 'true' && value !== 'false') return refuse(context, text, `'${clip(text)}' is not a boolean; allowed: true, false`);
    return value === 'true';
  });

/** An integer within a range; both ends must be exact in JavaScript. */
export function wireInteger(range: { min?: number; max?: number } = {}): z.ZodType<number, string> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  return z
    .string()
    .meta({ description: `An integer from ${min} to ${max}.` })
    .transform((text, context): number => {
      const value = INTEGER.test(text.trim()) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      return refuse(context, text, `'${clip(text)}' is not an integer from ${min} to ${max}`);
    });
}

/** A decimal number within a range, without an exponent. */
export function wireDecimal({ min, max }: { min: number; max: number }): z.ZodType<number, string> {
  return z
    .string()
    .meta({ description: `A number from ${min} to ${max}.` })
    .transform((text, context): number => {
      const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      return refuse(context, text, `'${clip(text)}' is not a number from ${min} to ${max}`);
    });
}

/** A UUID, in lower case. The all-zero one (the Blank template) is a UUID too. */
export const wireUuid = z
  .string()
  .meta({ format: 'uuid' })
  .transform((text, context): string => {
    const value = text.trim().toLowerCase();
    if (UUID.test(value)) return value;
    return refuse(context, text, `'${clip(text)}' is not a valid UUID`, { kind: 'malformed-id', text: clip(text) });
  });

/** A point in time: ISO 8601 (without offset: UTC), or milliseconds since 1970 as the engine's own JSON has it. */
export const wireDate = z
  .string()
  .meta({ format: 'date-time' })
  .transform((text, context): Date => {
    const trimmed = text.trim();
    const value = EPOCH_MILLISECONDS.test(trimmed) ? new Date(Number(trimmed)) : isoDate(trimmed);
    if (value && !Number.isNaN(value.getTime())) return value;
    return refuse(context, text, `'${clip(text)}' is not a date`);
  });

function isoDate(text: string): Date | undefined {
  const match = ISO_DATE.exec(text);
  return match ? new Date(match[2] === undefined ? `${text}Z` : text) : undefined;
}

/**
 * One of an enum's values, in any case as in oVirt.
 *
 * @param typeName the enum's name for the fault, such as `DiskFormat`
 */
export function wireEnum<const Value extends string>(values: readonly Value[], typeName: string): z.ZodType<Value, string> {
  return z
    .string()
    .meta({ enum: [...values] })
    .transform((text, context): Value => {
      const wanted = text.trim().toLowerCase();
      const found = values.find((value) => value.toLowerCase() === wanted);
      if (found !== undefined) return found;
      const problem: InputProblem = { kind: 'not-a-member', text: clip(text), type: typeName, allowed: values };
      return refuse(context, text, `${clip(text)} is not a member of ${typeName}`, problem);
    });
}

/** An object. An element without content is an empty one. Unknown members are ignored, as oVirt does. */
export function wireObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess((value) => (value === '' ? {} : value), z.object(shape));
}

/**
 * A list, as its container stands in the document: `{ storage_domain: X }`, `{ storage_domain: [X, Y] }` or the empty `''`, whether
 * it came as XML or JSON. The result is always an array.
 *
 * @param item name of the repeated element
 * @param schema what one item is
 */
export function list<Item extends z.ZodType>(item: string, schema: Item) {
  return z.preprocess((value) => itemsIn(item, value), z.array(schema)).meta({ description: `A list of ${item}.`, xml: { wrapped: true } });
}

function itemsIn(item: string, container: unknown): unknown {
  if (container === '') return [];
  if (typeof container !== 'object' || container === null || Array.isArray(container)) return container;
  const items: unknown = Object.entries(container).find(([name]) => name === item)?.[1];
  if (items === undefined) return [];
  return Array.isArray(items) ? items : [items];
}

/** How a client names another object. At least one of both is there; the id wins. */
export interface ReferenceInput {
  id?: string | undefined;
  name?: string | undefined;
}

/** A reference by id or by name, with any further members ignored. */
export const reference = wireObject({ id: wireUuid.optional(), name: wireString.min(1).optional() }).superRefine((value, context) => {
  if (value.id !== undefined || value.name !== undefined) return;
  const problem: InputProblem = { kind: 'missing', names: 'id|name' };
  context.addIssue({ code: 'custom', message: 'id or name is required', params: { [PROBLEM]: problem } });
});

/** A `properties` list: names with values. */
export const properties = list('property', wireObject({ name: wireString.min(1), value: wireString }));

function clip(text: string): string {
  return text.slice(0, 64);
}
