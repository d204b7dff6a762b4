import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

const VERSION = Buffer.from('RFB 003.008\n');
const VNC_AUTHENTICATION = 2;
const CHALLENGE_BYTES = 16;
const KEY_BYTES = 8;
const TRIPLE = 3;

const mirrored = (byte: number): number => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);

/** The challenge in DES, with the password's first 8 bytes as the key, each with its bits from back to front (RFC 6143, 7.2.2). */
function response(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  Buffer.from(password).copy(key);
  const single = Buffer.from(key.map(mirrored));
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat(Array.from({ length: TRIPLE }, () => single)), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

async function take(socket: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const taken = socket.read(bytes) as Buffer | null;
    if (taken?.length === bytes) return taken;
    if (socket.readableEnded || taken) throw new Error('The display hung up.');
    await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
  }
}

async function shakeHands(socket: Socket, password: string): Promise<boolean> {
  await take(socket, VERSION.length);
  socket.write(VERSION);
  const kinds = await take(socket, (await take(socket, 1)).readUInt8());
  if (!kinds.includes(VNC_AUTHENTICATION)) throw new Error(`The display asks for no password: ${kinds.toString('hex')}`);
  socket.write(Buffer.of(VNC_AUTHENTICATION));
  socket.write(response(await take(socket, CHALLENGE_BYTES), password));
  return (await take(socket, 4)).readUInt32BE() === 0;
}

/**
 * Whether a VNC display (RFC 6143) lets somebody in with this password.
 * @throws Error if it cannot be reached, or wants no password
 */
export async function vncAccepts(
  { address, port }: { readonly address: string; readonly port: number },
  password: string,
): Promise<boolean> {
  const socket = connect({ host: address, port });
  try {
    await once(socket, 'connect');
    return await shakeHands(socket, password);
  } finally {
    socket.destroy();
  }
}
