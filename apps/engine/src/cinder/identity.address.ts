/**
 * Where Keystone's API v3 is. Scripts written for oVirt give the address of v2.0, which no Keystone has any more; v3 is beside it.
 * The address is stored and shown as it was given, so that those scripts find what they look for.
 */
export const identityV3 = (address: string): string => address.replace(/\/v2(\.\d+)?\/*$/, '/v3');
