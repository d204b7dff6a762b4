import { wireInteger, wireObject } from '@clinker/ovirt-api';

/** The compatibility version of data centers and clusters: the newest that oVirt 4.4.10 has, which is the API version that we announce. */
export const COMPATIBILITY_VERSION = { major: 4, minor: 6 } as const;

/** oVirt's compatibility versions. Nothing depends on which it is: the one that a client asks for is kept, and shown. */
export const compatibilityVersion = wireObject({ major: wireInteger({ min: 4, max: 4 }), minor: wireInteger({ min: 2, max: 8 }) });
