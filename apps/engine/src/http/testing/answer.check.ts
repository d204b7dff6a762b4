import { fromJson, fromXml } from '@clinker/ovirt-api';
import type { RawAnswer } from '../../testing/running-engine';
import type { Probe } from './invented.requests';

/** Whether a refusal is a fault in one of the two forms. Only an unknown version of the API is refused without one, as oVirt does. */
function isFault({ status, headers: received, text: body }: RawAnswer, sent: Probe): boolean {
  if (body === '') return status === 400 && 'version' in (sent.headers ?? {});
  const document = String(received['content-type']).startsWith('application/json') ? fromJson(body).body : fromXml(body).body;
  const fault = (document['fault'] ?? document) as Record<string, unknown>;
  return typeof fault['detail'] === 'string' && typeof fault['reason'] === 'string';
}

/** What is wrong with an answer: whatever is sent must be done, or refused with a fault. */
export function complaintAbout(sent: Probe, answer: RawAnswer): string | undefined {
  const fine = answer.status < 300 || (answer.status < 500 && isFault(answer, sent));
  return fine ? undefined : `${String(sent.method)} ${sent.path}: ${answer.status} ${answer.text.slice(0, 500)}`;
}
