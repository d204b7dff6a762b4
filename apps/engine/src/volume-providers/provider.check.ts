import { CinderError, type CinderErrorKind, CinderReader, type ConnectionReport } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { BackendError, ConflictError, type DomainError, InvalidInputError } from '../errors/domain.errors';
import { type ProviderAccount, cinderAccount } from './provider.account';

/** The account itself is refused: it is Keystone's or Cinder's word against it. */
const REFUSED: readonly CinderErrorKind[] = ['unauthorized', 'project_not_found', 'forbidden', 'no_service_role'];

/** What was given leads nowhere, and will not by waiting. */
const WRONG: readonly CinderErrorKind[] = [
  'not_keystone',
  'no_volume_endpoint',
  'not_cinder',
  'version_too_old',
  'tls',
  'bad_request',
  'malformed',
];

/** Nobody answered, or only "later": the same request may succeed. */
const AWAY: readonly CinderErrorKind[] = ['unreachable', 'timeout', 'rate_limited'];

/**
 * The fault of a test of an account, each kind with its own text (docs/faults.md).
 * @param action what was being done to the provider: `add`, `edit`, `test connectivity of`
 */
export function checkFault(error: unknown, action: string): unknown {
  if (!(error instanceof CinderError)) return error;
  const { kind, message } = error;
  const parameters = { action, type: 'Provider', details: `${message.replace(/\.$/, '')}.` };
  if (REFUSED.includes(kind))
    return new InvalidInputError(renderMessage(messages.PROVIDER_AUTHENTICATION_FAILED, parameters), { cause: error });
  const text = renderMessage(messages.PROVIDER_CONNECTION_FAILED, parameters);
  if (WRONG.includes(kind)) return new InvalidInputError(text, { cause: error });
  if (AWAY.includes(kind)) return new ConflictError(text, { cause: error });
  return new BackendError(text, { cause: error });
}

/** Tries an account for real: Keystone, Cinder's address and version, and that a service token is accepted. @throws DomainError */
export async function checkAccount(account: ProviderAccount, action: string): Promise<ConnectionReport> {
  let reader: CinderReader | undefined;
  try {
    reader = new CinderReader(cinderAccount(account));
    return await reader.checkConnection();
  } catch (error) {
    throw checkFault(error, action);
  } finally {
    await reader?.close();
  }
}

/** The fault of a request to Cinder that only looks (oVirt's ACTION_TYPE_FAILED_CINDER). */
export function lookFault(error: unknown): unknown {
  if (!(error instanceof CinderError)) return error;
  const fault: DomainError = new BackendError(renderMessage(messages.ACTION_TYPE_FAILED_CINDER, { cinderException: error.message }), {
    cause: error,
  });
  return fault;
}
