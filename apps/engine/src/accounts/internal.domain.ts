import { NotFoundError } from '../errors/domain.errors';

/** The profile of the built-in accounts: what stands behind the `@` of a log-in. */
export const INTERNAL_PROFILE = 'internal';

/** The directory of that profile, by which users and groups are named in the API. */
export const INTERNAL_DOMAIN = 'internal-authz';

/** As in oVirt, a directory's id is its name in hexadecimal. */
export const INTERNAL_DOMAIN_ID = Buffer.from(INTERNAL_DOMAIN).toString('hex').toUpperCase();

/**
 * Refuses another directory. A client may name the directory or the profile, by name or id, or nothing.
 * @throws NotFoundError
 */
export function requireInternalDomain(domain: { id?: string | undefined; name?: string | undefined } | undefined): void {
  const name = domain?.name ?? domain?.id ?? INTERNAL_DOMAIN;
  if ([INTERNAL_DOMAIN, INTERNAL_PROFILE, INTERNAL_DOMAIN_ID].includes(name)) return;
  throw new NotFoundError('Domain', name);
}

/** The only directory that there is. @throws NotFoundError */
export function requireInternalDomainId(id: string): void {
  if (id.toUpperCase() !== INTERNAL_DOMAIN_ID) throw new NotFoundError('Domain', id);
}
