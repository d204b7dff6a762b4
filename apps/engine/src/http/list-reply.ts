import { type WireObject, collection } from '@clinker/ovirt-api';
import { type ApiRequest, wholeNumber } from './api-request';
import { type Reply, ok } from './reply';

/**
 * Answers a list, at most `max` of it.
 * @param element the collection's element, e.g. `mac_pools`
 * @throws InvalidInputError if `max` is no number
 */
export function listReply<T>(api: ApiRequest, element: string, found: readonly T[], represent: (one: T) => WireObject): Reply {
  return ok(element, collection(element, found.slice(0, wholeNumber(api, 'max')).map(represent)));
}
