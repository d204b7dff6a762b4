import { z } from 'zod';
import { CinderError } from './cinder.error';

/** Only http and https, and no user or password inside: addresses are shown in errors. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const address = z.string().refine(isAddress, 'must be an http or https address without user and password');
const domainName = z.string().min(1).optional();

const accountSchema = z.object({
  authenticationUrl: address,
  username: z.string().min(1),
  password: z.string().min(1),
  projectName: z.string().min(1),
  userDomainName: domainName,
  projectDomainName: domainName,
  url: address.optional(),
  region: z.string().min(1).optional(),
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  caCertificate: z.string().min(1).optional(),
});

/** An OpenStack account that may use Cinder. */
export interface CinderAccount {
  /** Keystone, for instance `http://controller:5000/v3`. */
  authenticationUrl: string;
  username: string;
  password: string;
  projectName: string;
  /** `Default` when absent. */
  userDomainName?: string | undefined;
  /** The user's domain when absent. */
  projectDomainName?: string | undefined;
  /** Cinder's address, when the one in Keystone's catalogue is not to be used. With or without `/v3` and the project. */
  url?: string | undefined;
  /** Which of the catalogue's regions. The first one when absent. */
  region?: string | undefined;
  /** Which of the catalogue's addresses. `public` when absent. */
  interface?: 'public' | 'internal' | 'admin' | undefined;
  /** PEM text of the authority behind the services' certificates, when Node does not know it. */
  caCertificate?: string | undefined;
}

/** Checks an account's form. Throws `bad_request` naming the wrong fields, never their values. */
export function checkedAccount(account: CinderAccount): CinderAccount {
  const result = accountSchema.safeParse(account);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new CinderError('bad_request', `The account is not usable: ${faults.join('; ')}`);
}

/** Keystone's v3 root without a slash at its end. The old `/v2.0` that oVirt's users may have left is taken off: that API is gone. */
export function keystoneRoot(authenticationUrl: string): string {
  const bare = withoutQuery(authenticationUrl);
  return `${bare.replace(/\/v(2\.0|3)$/, '')}/v3`;
}

/**
 * Where Cinder's API is, from an address in any of the forms that catalogues and people use:
 * `http://c:8776`, `http://c:8776/v3`, `http://c:8776/v3/<project>`, also with `%(project_id)s` in it.
 * `versions` answers what versions there are; `base` is what resource paths are appended to.
 * Throws `version_too_old` for an address of v1 or v2.
 */
export function cinderAddresses(url: string, projectId: string): { versions: string; base: string } {
  const [root = '', version] = withoutQuery(url).split(/\/(v\d[^/]*)(?:\/[^/]*)?$/);
  if (version !== undefined && version !== 'v3')
    throw new CinderError('version_too_old', `Cinder's address is of API ${version}; v3 is needed`);
  return { versions: `${root}/v3/`, base: `${root}/v3/${projectId}` };
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/+$/, '');
}
