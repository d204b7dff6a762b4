import { SetMetadata } from '@nestjs/common';
import { InvalidInputError } from '../errors/domain.errors';
import { type ObjectReference, type ObjectType, PLACES, type PlaceReference, SYSTEM, placeTypes, typeAt } from './object.tree';
import type { Permit } from './permit.catalog';

/** The path of a request, below the API, and its parameters. */
export interface Addressed {
  readonly path: string;
  readonly params: Readonly<Record<string, string | string[] | undefined>>;
}

/** Finds the object that a request is about. */
export type ObjectOf = (request: Addressed) => ObjectReference;

/** What a route demands of its caller. */
export type Declaration =
  | { readonly kind: 'open' }
  | { readonly kind: 'logged-in' }
  | { readonly kind: 'administrators' }
  | { readonly kind: 'lists'; readonly type: ObjectType; readonly of?: ObjectOf }
  | { readonly kind: 'reads'; readonly type: ObjectType; readonly parameter: string }
  | { readonly kind: 'reads-place'; readonly object: ObjectOf }
  | { readonly kind: 'needs'; readonly permit: Permit; readonly object: ObjectOf }
  | { readonly kind: 'service-checks'; readonly permits: readonly Permit[] };

/** Where a route's declaration is kept. */
export const ACCESS = 'clinker:access';

const declare = (declaration: Declaration): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, declaration);

const text = ({ params }: Addressed, name: string): string => String(params[name] ?? '').toLowerCase();

/** The object whose id is in the path. */
export const on =
  (type: ObjectType, parameter = 'id'): ObjectOf =>
  (request) => ({ type, id: text(request, parameter) });

/** The system itself. */
export const onSystem: ObjectOf = () => SYSTEM;

/** The object in whose place a request of a controller for many places is made: `/vms/ID/…` is about the VM. @throws InvalidInputError */
export const onPlace = (request: Addressed): PlaceReference => {
  const segments = request.path.split('/').filter(Boolean);
  const found = placeTypes.map((type) => ({ type, at: segments.lastIndexOf(PLACES[type].collection) })).sort((a, b) => b.at - a.at)[0];
  const id = found && found.at >= 0 ? segments[found.at + 1] : undefined;
  if (!found || id === undefined) throw new InvalidInputError('The address names no object.');
  return { type: found.type, id: id.toLowerCase() };
};

/** {@link onPlace}, for users too. */
export const onOwner: ObjectOf = (request) => {
  const [collection, id = ''] = request.path.split('/').filter(Boolean);
  return collection === 'users' ? { type: 'user', id: id.toLowerCase() } : onPlace(request);
};

/** The object with which an address begins; the system, if it is one that everybody may see. */
const onRoot: ObjectOf = ({ path }) => {
  const [collection = '', id = ''] = path.split('/').filter(Boolean);
  const type = typeAt(collection);
  return type === '' ? SYSTEM : { type, id: id.toLowerCase() };
};

/** For everybody, without a log-in. */
export const Open = () => declare({ kind: 'open' });

/** For everybody who has logged in: what is no secret among users, such as the list of operating systems. */
export const LoggedIn = () => declare({ kind: 'logged-in' });

/** For those who see everything: what shows how the installation is made, such as the accounts in Cinder. */
export const Administrators = () => declare({ kind: 'administrators' });

/**
 * A list of these. Who does not see everything finds in it what he sees: `listQuery` carries that to `applySearch`.
 * @param parent the object of which it is a part: for those who do not see it the list does not exist
 */
export const Lists = (type: ObjectType, parent?: ObjectOf) => declare({ kind: 'lists', type, ...(parent ? { of: parent } : {}) });

/** For those who see the object: it, its parts, and what is not supported about it. For others it does not exist. */
export const Reads = (type: ObjectType, parameter = 'id') => declare({ kind: 'reads', type, parameter });

/** {@link Reads} for a controller of many places. */
export const ReadsPlace = () => declare({ kind: 'reads-place', object: onOwner });

/** {@link Reads} for a controller of parts of many objects: `/jobs/ID/steps/…` is about the job. */
export const ReadsRoot = () => declare({ kind: 'reads-place', object: onRoot });

/** For those who have the permit on the object, or on something above it. */
export const Needs = (permit: Permit, object: ObjectOf) => declare({ kind: 'needs', permit, object });

/** The service asks for the permits by `AccessService.require`, because only the body tells on which objects. */
export const ServiceChecks = (...permits: Permit[]) => declare({ kind: 'service-checks', permits });
