import { z } from 'zod';
import { fault, reasons } from './fault.builder';
import type { Fault } from './fault.builder';
import { malformedId } from './fault.messages';
import { PROBLEM } from './input.schema';
import type { InputProblem } from './input.schema';

/** What was being read: the type's name (`Disk`) and the method (`add`, `update`, or an action's name). */
export interface InputContext {
  type: string;
  method: string;
}

/** A body that could be read but not accepted. `fault` is for the client; the answer is 400. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';

  constructor(
    readonly fault: Fault,
    options?: ErrorOptions,
  ) {
    super(fault.detail, options);
  }
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `['storage_domains', 0, 'name']` is `storageDomains.name`: oVirt's messages name no positions. */
function fieldName(path: readonly PropertyKey[], last?: string): string {
  const names = path.filter((key) => typeof key === 'string').map(camelCase);
  return [...names, ...(last === undefined ? [] : [last])].join('.');
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function problemOf(issue: z.core.$ZodIssue): InputProblem | undefined {
  return issue.code === 'custom' ? (issue.params?.[PROBLEM] as InputProblem | undefined) : undefined;
}

function missingField(issue: z.core.$ZodIssue, body: unknown): string | undefined {
  const problem = problemOf(issue);
  if (problem?.kind === 'missing') return fieldName(issue.path, problem.names);
  const absent = issue.code === 'invalid_type' && valueAt(body, issue.path) === undefined;
  return absent ? fieldName(issue.path) : undefined;
}

function describe(issue: z.core.$ZodIssue): string {
  const field = fieldName(issue.path);
  const problem = problemOf(issue);
  if (problem?.kind !== 'not-a-member') return field === '' ? issue.message : `${field}: ${issue.message}`;
  return `${issue.message} (${field}; allowed: ${problem.allowed.join(', ')})`;
}

/**
 * The fault for a body that a schema refused, in oVirt's words: missing mandatory members first, all of them
 * (`Disk [provisionedSize, format] required for add`), then a malformed id, else each wrong value with its field.
 *
 * @param body what was parsed, to tell absent from wrong
 */
export function invalidInput(error: z.ZodError, body: unknown, context: InputContext): Fault {
  const missing = error.issues.flatMap((issue) => missingField(issue, body) ?? []);
  if (missing.length > 0) {
    return fault(reasons.incompleteParameters, `${context.type} [${missing.join(', ')}] required for ${context.method}`);
  }
  const malformed = error.issues.map(problemOf).find((problem) => problem?.kind === 'malformed-id');
  if (malformed?.kind === 'malformed-id') return malformedId(malformed.text);
  return fault(reasons.invalidValue, error.issues.map(describe).join('; '));
}

/** Reads a body by a schema. @throws InvalidInput */
export function readInput<Schema extends z.ZodType>(schema: Schema, body: unknown, context: InputContext): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InvalidInput(invalidInput(result.error, body, context), { cause: result.error });
}
