import type { CinderAccount } from '@clinker/cinder';
import type { SealedPlace, SecretBox } from '../encryption/secret-box';
import type { VolumeProvider } from '../volume-providers/volume-provider.entity';
import { identityV3 } from './identity.address';

/** Where a provider's password is sealed. */
export const passwordPlace = (providerId: string): SealedPlace => ({ table: 'volume_provider', id: providerId, column: 'password_sealed' });

/** The account of a stored provider, with its password opened. */
export const accountOf = (provider: VolumeProvider, secrets: SecretBox): CinderAccount => ({
  authenticationUrl: identityV3(provider.authenticationUrl),
  username: provider.username,
  password: secrets.open(provider.passwordSealed, passwordPlace(provider.id)),
  projectName: provider.tenantName,
  userDomainName: provider.userDomainName,
  projectDomainName: provider.projectDomainName,
  ...(provider.url ? { url: provider.url } : {}),
});
