/** The profile of the built-in accounts: what stands behind the `@` of a log-in. */
export const INTERNAL_PROFILE = 'internal';

/** What makes a profile's name the name of its directory, by which users and groups are called in the API. */
export const DIRECTORY_ENDING = '-authz';

/** The directory of that profile. */
export const INTERNAL_DOMAIN = `${INTERNAL_PROFILE}${DIRECTORY_ENDING}`;

/** The group that everybody is in is of no profile, and is shown with the built-in ones. */
const NO_PROFILE = '*';

/** The profiles of the rows that belong to the built-in directory. */
export const INTERNAL_PROFILES: readonly string[] = [INTERNAL_PROFILE, NO_PROFILE];

/** True if the API, and no provider elsewhere, decides about this account or group. */
export const isInternal = ({ domain }: { readonly domain: string }): boolean => INTERNAL_PROFILES.includes(domain);

/** The name of an account or group for the texts of events: alone if it is a built-in one, else with its profile. */
export const calledIn = (name: string, domain: string): string => (isInternal({ domain }) ? name : `${name}@${domain}`);
