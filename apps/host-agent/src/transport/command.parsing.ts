import { AgentError, type CommandName, commands } from '@clinker/agent-protocol';
import { z } from 'zod';

export const invalidRequest = (message: string, cause?: unknown): AgentError => new AgentError('invalid_request', message, { cause });

export interface ParsedRequest {
  readonly command: CommandName;
  readonly request: unknown;
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

/**
 * A command's request, checked by the contract.
 * @throws AgentError `invalid_request`; its message names the fields that are wrong and never quotes a value, which may be a key
 */
export function parseRequest(name: string, payload: Uint8Array): ParsedRequest {
  if (!isCommand(name)) throw invalidRequest(`this host-agent has no command '${name.slice(0, 64)}'`);
  const parsed = commands[name].request.safeParse(parseJson(payload));
  if (parsed.success) return { command: name, request: parsed.data };
  throw invalidRequest(`the request '${name}' does not fit: ${describeIssues(parsed.error)}`);
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw invalidRequest('the request is not JSON in UTF-8');
  }
}

const MOST_ISSUES = 5;

/** Where a message does not fit, and how. */
export function describeIssues(error: z.ZodError): string {
  const lines = error.issues.map((issue) => `${issue.path.join('.') || 'the message'}: ${issue.code}`);
  return lines.slice(0, MOST_ISSUES).join('; ');
}
