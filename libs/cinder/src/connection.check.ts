import { z } from 'zod';
import { CinderError } from './cinder.error';
import type { CinderConnection } from './cinder.connection';
import type { CinderVersion } from './cinder.version';

/** What a successful test of an account found. */
export interface ConnectionReport {
  /** The API's root for the project. */
  cinderUrl: string;
  projectId: string;
  roles: readonly string[];
  version: CinderVersion;
  /**
   * `proven`: this Cinder demonstrably tells service tokens from others and takes ours.
   * `by_role`: the account has the role `service`, but this Cinder accepts any token as service token (service_token_roles_required is off),
   * so that only the end of a real attachment could prove more.
   */
  serviceToken: 'proven' | 'by_role';
}

const SERVICE_ROLE = 'service';
/** Something that every role may look at, and that costs Cinder little. */
const HARMLESS_PATH = '/limits';

/**
 * Tries, in the order in which they depend on each other: Keystone is there, it accepts the account, its catalogue has a Cinder,
 * that Cinder speaks a usable version, the account may read, and its token is a service token. The first failure is thrown.
 */
export async function checkConnection(connection: CinderConnection): Promise<ConnectionReport> {
  const { session } = connection;
  await session.discover();
  await session.verify();
  const { base, version } = await connection.locate();
  await connection.ask({ method: 'GET', path: HARMLESS_PATH, direct: true }, z.object({ limits: z.unknown() }));
  const serviceToken = await proveServiceToken(connection);
  return { cinderUrl: base, projectId: await session.projectId(), roles: await session.roles(), version, serviceToken };
}

/**
 * Cinder lets an attachment of an instance be deleted without asking Nova only if the request carries a service token, that is the token of a
 * user with one of the roles in its `service_token_roles` (cinder/volume/api.py, attachment_deletion_allowed; CVE-2023-2088).
 * Proof without leaving traces, by keystonemiddleware's auth_token: with `service_token_roles_required` it answers 401 to a service token that
 * lacks the role. So ours must pass, and the same user's unscoped token, which has no roles, must not.
 */
async function proveServiceToken(connection: CinderConnection): Promise<ConnectionReport['serviceToken']> {
  const { session } = connection;
  const roles = await session.roles();
  if (!roles.includes(SERVICE_ROLE)) throw noServiceRole(`the account has only ${roles.join(', ') || 'none'}`);
  const accepted = await connection.takesServiceToken(HARMLESS_PATH, await session.token());
  if (!accepted) throw noServiceRole('Cinder does not count it among its service_token_roles');
  const controlAccepted = await connection.takesServiceToken(HARMLESS_PATH, await session.unscopedToken());
  return controlAccepted ? 'by_role' : 'proven';
}

function noServiceRole(reason: string): CinderError {
  return new CinderError(
    'no_service_role',
    `The account needs the role ${SERVICE_ROLE} in its project, to end attachments without Nova: ${reason}`,
  );
}
