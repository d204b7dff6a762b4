import type { ConsoleAddress } from '@clinker/agent-protocol';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';

/** A password that is valid no more is none: QEMU lets nobody in until a ticket sets another one. */
const LOCKED = { passwd: 'locked', passwdValidTo: '1970-01-01T00:00:01' };

/** VNC's authentication takes so much of a password; libvirt refuses longer ones. */
const MOST_CHARACTERS = 8;

/**
 * A domain's VNC display.
 * @param address of this host where it listens, locked; undefined for a socket that only the host itself can open
 */
export function appendDisplay(devices: XMLBuilder, address: string | undefined): void {
  if (address === undefined) devices.ele('graphics', { type: 'vnc' }).ele('listen', { type: 'socket' });
  else devices.ele('graphics', { type: 'vnc', port: '-1', autoport: 'yes', ...LOCKED }).ele('listen', { type: 'address', address });
}

/** The display as it is, with a password. @param password of ASCII characters @param until when it is valid */
export function displayWithPassword({ address, port }: ConsoleAddress, password: string, until: Date): string {
  const passwd = password.slice(0, MOST_CHARACTERS);
  const passwdValidTo = until.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
  const display = create().ele('graphics', { type: 'vnc', port: String(port), autoport: 'yes', passwd, passwdValidTo, connected: 'keep' });
  display.ele('listen', { type: 'address', address });
  return display.end({ headless: true });
}
