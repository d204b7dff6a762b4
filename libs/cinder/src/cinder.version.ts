import { CinderError } from './cinder.error';

/** Microversions as `3.70`: what a Cinder offers, and what we speak with it. */
export interface CinderVersion {
  min: string;
  max: string;
  used: string;
}

/** 3.44 brought the completion of attachments (os-complete), without which a volume never becomes in-use. */
export const NEEDED_VERSION = '3.44';
/** The newest whose answers we know. */
const NEWEST_KNOWN_VERSION = '3.70';

/** Negative, zero or positive, as `a` is older than, equal to, or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/** Picks the version to speak. Throws `version_too_old` when Cinder's newest is below 3.44, or when it no longer speaks what we know. */
export function chosenVersion(offers: readonly { id: string; version: string; min_version: string }[]): CinderVersion {
  const offer = offers.find(({ id, version }) => id.startsWith('v3') && version !== '');
  if (offer === undefined) throw new CinderError('version_too_old', 'This Cinder has no API v3 with microversions');
  const { version: max, min_version: min } = offer;
  const used = compareVersions(max, NEWEST_KNOWN_VERSION) < 0 ? max : NEWEST_KNOWN_VERSION;
  if (compareVersions(used, NEEDED_VERSION) >= 0 && compareVersions(min, used) <= 0) return { min, max, used };
  throw new CinderError(
    'version_too_old',
    `This Cinder speaks API ${min} to ${max}; ${NEEDED_VERSION} to ${NEWEST_KNOWN_VERSION} is needed`,
  );
}
