import type { CinderAccount } from '@clinker/cinder';
import { identityV3 } from '../cinder/identity.address';
import { IncompleteInputError, InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import type { ChangedVolumeProvider } from './volume-provider.input';

/** The account at a Cinder, with its password in clear: only ever in memory. */
export interface ProviderAccount {
  readonly url: string | null;
  readonly authenticationUrl: string;
  readonly username: string;
  readonly password: string;
  readonly tenantName: string;
  readonly userDomainName: string;
  readonly projectDomainName: string;
}

type AccountInput = Omit<ChangedVolumeProvider, 'name' | 'description'>;

/** Keystone's first domain, where everything is that does not say otherwise. */
const DEFAULT_DOMAIN = 'Default';

/** oVirt's properties of providers in which we look for Keystone's domains. */
const PROPERTIES = ['user_domain_name', 'project_domain_name'] as const;

function property(input: AccountInput, name: (typeof PROPERTIES)[number]): string | undefined {
  return input[name] ?? input.properties?.find((one) => one.name === name)?.value;
}

function checkProperties({ properties = [] }: AccountInput): void {
  const unknown = properties.find(({ name, value }) => !PROPERTIES.some((known) => known === name) || value === '');
  if (!unknown) return;
  throw new InvalidInputError(
    `properties: '${unknown.name}' is not a property of a volume provider, or is empty; allowed: ${PROPERTIES.join(', ')}`,
  );
}

function refuseOpenAccess({ requires_authentication }: AccountInput): void {
  if (requires_authentication !== false) return;
  throw new UnsupportedError(
    'A volume provider without authentication is not supported: attachments can only be ended with a service token.',
  );
}

/** What a changed account takes from the input, with the parts that are not given left out. */
function given(input: AccountInput): Partial<ProviderAccount> {
  const parts: { [Name in keyof ProviderAccount]: ProviderAccount[Name] | undefined } = {
    url: input.url,
    authenticationUrl: input.authentication_url,
    username: input.username,
    password: input.password,
    tenantName: input.tenant_name,
    userDomainName: property(input, 'user_domain_name'),
    projectDomainName: property(input, 'project_domain_name'),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

/** The account of a provider to be added. @throws IncompleteInputError, InvalidInputError, UnsupportedError */
export function newAccount(input: AccountInput): ProviderAccount {
  refuseOpenAccess(input);
  checkProperties(input);
  const { url = null, authenticationUrl, username, password, tenantName, userDomainName = DEFAULT_DOMAIN, ...rest } = given(input);
  const missing = Object.entries({ authenticationUrl, username, password, tenantName }).filter(([, value]) => value === undefined);
  if (authenticationUrl === undefined || username === undefined || password === undefined || tenantName === undefined) {
    throw new IncompleteInputError(`OpenstackVolumeProvider [${missing.map(([name]) => name).join(', ')}] required for add`);
  }
  return {
    url,
    authenticationUrl,
    username,
    password,
    tenantName,
    userDomainName,
    projectDomainName: rest.projectDomainName ?? userDomainName,
  };
}

/** The account after a change; undefined if the change does not touch it. @throws InvalidInputError, UnsupportedError */
export function changedAccount(current: ProviderAccount, input: AccountInput): ProviderAccount | undefined {
  refuseOpenAccess(input);
  checkProperties(input);
  const changed = { ...current, ...given(input) };
  const names = Object.keys(current) as (keyof ProviderAccount)[];
  return names.some((name) => changed[name] !== current[name]) ? changed : undefined;
}

/** The account as libs/cinder wants it. */
export const cinderAccount = ({ url, tenantName, authenticationUrl, ...account }: ProviderAccount): CinderAccount => ({
  ...account,
  authenticationUrl: identityV3(authenticationUrl),
  projectName: tenantName,
  ...(url === null ? {} : { url }),
});
