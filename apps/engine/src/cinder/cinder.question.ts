import { isCinderError } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { BackendError } from '../errors/domain.errors';

/** Asks Cinder for somebody who waits for the answer. @throws BackendError with what Cinder says */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (!isCinderError(cause)) throw cause;
    throw new BackendError(renderMessage(messages.ACTION_TYPE_FAILED_CINDER, { cinderException: cause.message }), { cause });
  }
}
