import type { z } from 'zod';
import type { HttpAnswer } from './answer.fault';
import { CinderError } from './cinder.error';

const SHOWN_ISSUES = 3;

/** Reads an answer's JSON and checks its shape. Throws `malformed`; its text names fields and types, never values: answers may hold secrets. */
export function parseAnswer<T>(answer: HttpAnswer, schema: z.ZodType<T>, place: string): T {
  const result = schema.safeParse(parseJson(answer, place));
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, SHOWN_ISSUES).map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.code}`);
  throw new CinderError('malformed', `${place} gave an answer of an unexpected shape (${issues.join('; ')})`, {
    httpStatus: answer.status,
  });
}

function parseJson(answer: HttpAnswer, place: string): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new CinderError('malformed', `${place} gave an answer that is not JSON (${answer.body.length} characters)`, {
      httpStatus: answer.status,
    });
  }
}
