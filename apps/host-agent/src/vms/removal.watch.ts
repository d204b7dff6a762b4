import type { DeviceEvent, DomainEvent, LibvirtClient } from '@clinker/libvirt';

/** How a device's removal ended: gone, refused by the guest, or not within the time. */
export type RemovalOutcome = 'removed' | 'refused' | 'silent';

export interface RemovalWatch {
  /** Waits for the outcome, at most this long (ms) from now. */
  within(timeoutMs: number): Promise<RemovalOutcome>;
  stop(): void;
}

/** Watches a device from now on, so that an event between the request and the wait is not missed. */
export function watchRemoval(libvirt: Pick<LibvirtClient, 'on' | 'off'>, vmId: string, alias: string): RemovalWatch {
  let resolve: (outcome: RemovalOutcome) => void = () => undefined;
  const outcome = new Promise<RemovalOutcome>((settle) => (resolve = settle));
  const listener = (event: DomainEvent): void => {
    const told = event.uuid === vmId ? outcomeOf(event, alias) : null;
    if (told) resolve(told);
  };
  libvirt.on('domainEvent', listener);
  const stop = (): void => void libvirt.off('domainEvent', listener);
  return { stop, within: (timeoutMs) => settleWithin(outcome, timeoutMs).finally(stop) };
}

function outcomeOf(event: DomainEvent, alias: string): RemovalOutcome | null {
  if (event.type === 'lifecycle') return event.event === 'stopped' ? 'removed' : null;
  if (!isDeviceEvent(event) || event.alias !== alias) return null;
  if (event.type === 'device-removed') return 'removed';
  return event.type === 'device-removal-failed' ? 'refused' : null;
}

const isDeviceEvent = (event: DomainEvent): event is DeviceEvent => event.type.startsWith('device-');

async function settleWithin(outcome: Promise<RemovalOutcome>, timeoutMs: number): Promise<RemovalOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<RemovalOutcome>((resolve) => (timer = setTimeout(() => resolve('silent'), timeoutMs)));
  try {
    return await Promise.race([outcome, silence]);
  } finally {
    clearTimeout(timer);
  }
}
