/** The pool from which MAC addresses come when nobody says otherwise; oVirt's id of it. */
export const DEFAULT_MAC_POOL_ID = '58ca604b-017d-0374-0220-00000000014e';

/** The first two octets of oVirt's default pool, 56:6f, as one number. */
export const MAC_OCTETS = 0x566f;
