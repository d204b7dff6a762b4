const ALIAS_PREFIX = 'ua-';
const ALIAS = /^ua-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** libvirt lets a user name a device if the name begins with `ua-`. @param deviceId of a disk or an interface */
export const aliasOf = (deviceId: string): string => ALIAS_PREFIX + deviceId;

/** The id in an alias, null for a device that is not ours. */
export const deviceIdOf = (alias: string | null): string | null => (alias && ALIAS.exec(alias)?.[1]) || null;
