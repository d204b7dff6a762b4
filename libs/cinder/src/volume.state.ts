/** What a volume's status means to one who waits: still working, usable, in use, failed, or a word that we do not know. */
export type VolumeState = 'pending' | 'available' | 'in_use' | 'error' | 'unknown';

/** Cinder's volume statuses (cinder/objects/fields.py, VolumeStatus, and the statuses of the volume managers). */
const STATES: Readonly<Record<string, VolumeState>> = {
  creating: 'pending',
  downloading: 'pending',
  reserved: 'pending',
  attaching: 'pending',
  detaching: 'pending',
  uploading: 'pending',
  extending: 'pending',
  retyping: 'pending',
  reverting: 'pending',
  'backing-up': 'pending',
  'restoring-backup': 'pending',
  'awaiting-transfer': 'pending',
  managing: 'pending',
  deleting: 'pending',
  maintenance: 'pending',
  available: 'available',
  'in-use': 'in_use',
  error: 'error',
};

/** Total: a status that is not known gives `unknown`, never an exception. Every `error…` status is `error`. */
export function volumeState(status: string): VolumeState {
  if (Object.hasOwn(STATES, status)) return STATES[status] ?? 'unknown';
  return status.startsWith('error') ? 'error' : 'unknown';
}
