/** The compatibility version of data centers and clusters: the newest that oVirt 4.4.10 has, which is the API version that we announce. */
export const COMPATIBILITY_VERSION = { major: 4, minor: 6 } as const;
