import { z } from 'zod';
import { type GuestHoldClient, type GuestOnHost, HELD_AT_MOST_MS } from './guest-hold.client';

/** How a guest was held while Cinder took the snapshots of its disks: what a saga has to remember. */
export const guestHoldState = {
  /** Why the guest is not frozen; null if it is. */
  notFrozen: z.string().nullable().default(''),
  /** Why the guest is not paused; null if it is. */
  notPaused: z.string().nullable().default(''),
};

export type GuestHold = { readonly [K in keyof typeof guestHoldState]: z.output<(typeof guestHoldState)[K]> };

const TOO_EARLY = `it went on before Cinder had taken the snapshots, which took longer than ${HELD_AT_MOST_MS / 1000} s`;

/**
 * Holds a guest: frozen, which makes its disks fit together and its file systems whole; or paused, which at least does the first. One disk fits
 * together with itself.
 * @throws RetryLater, BackendError
 */
export async function holdGuest(client: GuestHoldClient, guest: GuestOnHost, disks: number): Promise<Partial<GuestHold>> {
  const notFrozen = await client.freeze(guest);
  if (notFrozen === null || disks < 2) return { notFrozen };
  return { notFrozen, notPaused: await client.pause(guest) };
}

/** Lets the guest go, and notes if it was not held until now. @throws RetryLater while the host is at it */
export async function endHold(client: GuestHoldClient, guest: GuestOnHost, hold: GuestHold): Promise<Partial<GuestHold>> {
  if (hold.notFrozen === null) return (await client.thaw(guest)) ? {} : { notFrozen: TOO_EARLY };
  if (hold.notPaused === null) return (await client.resume(guest)) ? {} : { notPaused: TOO_EARLY };
  return {};
}

/** Lets the guest go however it may be held. @throws RetryLater while the host is at it */
export async function letGuestGo(client: GuestHoldClient, guest: GuestOnHost): Promise<void> {
  await client.resume(guest);
  await client.thaw(guest);
}

/** What the snapshots are worth less than those of a frozen guest, in words; undefined for those of a frozen guest. */
export function shortcomingOf({ notFrozen, notPaused }: GuestHold, disks: number): string | undefined {
  if (notFrozen === null) return undefined;
  const text = `it is only as consistent as after a power failure, because the guest could not be frozen (${notFrozen})`;
  if (disks < 2) return text;
  if (notPaused === null) return `${text}; its disks are of one moment, for which the guest was paused`;
  return `${text}, and its disks may be of different moments${notPaused && `, because the guest could not be paused either (${notPaused})`}`;
}
