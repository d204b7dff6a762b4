import { collection } from '@clinker/ovirt-api';
import { NotFoundError } from '../errors/domain.errors';
import type { ApiRequest } from './api-request';
import { type Reply, ok } from './reply';

/**
 * Answers a sub-collection that clients read but of which there is nothing here.
 * @param elements the element of each such collection, by its path segment
 * @throws NotFoundError for a segment that is not among them
 */
export function emptyCollection({ target }: ApiRequest, elements: Readonly<Record<string, string>>): Reply {
  const segment = target.path.split('/').at(-1) ?? '';
  const element = elements[segment];
  if (element === undefined) throw new NotFoundError('Collection', segment);
  return ok(element, collection(element, []));
}

/** Sub-collections that versions of oVirt have that are newer than the one that we announce: they are served, and nothing links to them. */
const NEWER: readonly string[] = ['cpuunits', 'mediateddevices'];

/** The path segments to which an object with these sub-collections links. */
export const linkedParts = (parts: Readonly<Record<string, string>>): string[] => Object.keys(parts).filter((one) => !NEWER.includes(one));
