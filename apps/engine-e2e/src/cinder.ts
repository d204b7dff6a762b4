import { CinderClient } from '@clinker/cinder';
import { labValue } from './lab';

/** The account in Cinder that the engine uses, for what happens there behind its back. */
export const labAccount = (): ConstructorParameters<typeof CinderClient>[0] => ({
  authenticationUrl: labValue('OS_AUTH_URL'),
  username: labValue('LAB_CINDER_USER'),
  password: labValue('LAB_CINDER_PASSWORD'),
  projectName: labValue('LAB_CINDER_PROJECT'),
});

/** Somebody else who changes things in the same project of Cinder. */
export const somebodyElse = (): CinderClient => new CinderClient(labAccount());
