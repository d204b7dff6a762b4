import { connect } from 'node:net';

/** multipathd's command socket, in the abstract namespace of the host's network. */
export const MULTIPATHD_SOCKET = '\0/org/kernel/linux/storage/multipathd';

const TIMEOUT_MS = 1_000;
const LENGTH_BYTES = 8;
/** How a reply begins that is none; `show status` always answers with more than that. */
const ERROR = 'error';

/** One message of multipathd: its length as size_t, then the text with a NUL. */
function framed(command: string): Buffer {
  const text = Buffer.from(`${command}\0`);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

/** Whether multipathd answers `show status`: what os-brick asks by a process, on the socket that the process would use. */
export function isMultipathdRunning(socketPath: string = MULTIPATHD_SOCKET): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let received = Buffer.alloc(0);
    const end = (running: boolean): void => {
      socket.destroy();
      resolve(running);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('connect', () => socket.write(framed('show status')));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= LENGTH_BYTES + ERROR.length) end(!received.subarray(LENGTH_BYTES).toString().startsWith(ERROR));
    });
  });
}
