import { type WireObject, collection } from '@clinker/ovirt-api';
import { type Reply, ok } from './reply';

/**
 * Answers a list. Of all lists no more than the parameter `max` is sent.
 * @param element the collection's element, e.g. `mac_pools`
 */
export function listReply<T>(element: string, found: readonly T[], represent: (one: T) => WireObject): Reply {
  return ok(element, collection(element, found.map(represent)));
}
