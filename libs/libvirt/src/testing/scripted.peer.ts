import { mkdtempSync, rmSync } from 'node:fs';
import { Server, Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame, FrameHeader, MessageType, encodeFrame } from '../rpc/frame.codec';
import { FrameReader } from '../rpc/frame.reader';
import { Codec } from '../xdr/xdr.codec';

/** What the peer does with a message that came to it. */
export type PeerScript = (frame: Frame, connection: PeerConnection) => void;

/** The peer's end of one connection. */
export class PeerConnection {
  constructor(readonly socket: Socket) {}

  /** Answers a call with a result. */
  answer<T>(call: Frame, codec: Codec<T>, value: T): void {
    this.send({ ...call.header, type: MessageType.reply }, codec, value);
  }

  send<T>(header: FrameHeader, codec: Codec<T>, value: T): void {
    this.socket.write(encodeFrame(header, codec, value));
  }
}

/** The other end of a socket in this process, for what a real libvirtd never does: broken messages, answers to nobody, silence. */
export class ScriptedPeer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'clinker-peer-'));
  readonly socketPath = join(this.#folder, 'socket');
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(script: PeerScript) {
    this.#server = createServer((socket) => {
      const reader = new FrameReader();
      const connection = new PeerConnection(socket);
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk: Buffer) => {
        for (const frame of reader.push(chunk)) script(frame, connection);
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.socketPath, resolve));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
