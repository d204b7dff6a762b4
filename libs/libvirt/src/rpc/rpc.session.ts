import { Socket, connect } from 'node:net';
import { LibvirtConnectionError, LibvirtConnectionFailure, LibvirtError } from '../libvirt.errors';
import { KEEPALIVE_PROGRAM, PROTOCOL_VERSION, Procedure } from '../protocol/procedure';
import { remoteError } from '../protocol/wire.types';
import { decode, nothing } from '../xdr/xdr.codec';
import { CallQueue, OutgoingCall } from './call.queue';
import { Frame, FrameHeader, MessageStatus, MessageType, encodeFrame } from './frame.codec';
import { FrameReader } from './frame.reader';
import { KeepaliveOptions, KeepaliveTimer } from './keepalive.timer';

/** Procedures of the keepalive program. */
const KeepaliveProcedure = { ping: 1, pong: 2 } as const;

export interface SessionOptions {
  readonly socketPath: string;
  /** Milliseconds from a call until it is given up, the wait in the queue included. */
  readonly callTimeoutMs: number;
  /** Calls that may be under way at once. */
  readonly maxCallsUnderWay: number;
  readonly keepalive: KeepaliveOptions;
  /** Takes messages that libvirt sends of its own accord: events. An error that it throws ends the session. */
  readonly onMessage: (frame: Frame) => void;
}

/** One connection from its beginning to its end. It never comes back: the owner opens another one. */
export class RpcSession {
  /** Settles when the session is over, with the reason. Never rejects. */
  readonly ended: Promise<LibvirtConnectionError>;

  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #frames = new FrameReader();
  readonly #calls: CallQueue;
  readonly #keepalive: KeepaliveTimer;
  #lastSerial = 0;
  #end: LibvirtConnectionError | undefined;
  #reportEnd: (error: LibvirtConnectionError) => void = () => undefined;

  private constructor(socket: Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#calls = new CallQueue(options.maxCallsUnderWay, (call) => this.#send(call));
    this.#keepalive = new KeepaliveTimer(
      options.keepalive,
      () => this.#sendKeepalive(KeepaliveProcedure.ping),
      () => this.#fail('lost', 'libvirt does not answer keepalive messages'),
    );
    this.ended = new Promise((resolve) => {
      this.#reportEnd = resolve;
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (cause) => this.#fail('lost', `the connection to libvirt broke: ${cause.message}`, cause));
    socket.on('close', () => this.#fail('lost', 'libvirt closed the connection'));
  }

  /** Connects to the socket. Rejects with `refused` when nobody listens or it is not ours to use. */
  static open(options: SessionOptions): Promise<RpcSession> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path: options.socketPath });
      const refuse = (cause: Error): void => {
        reject(
          new LibvirtConnectionError('refused', `cannot connect to libvirt at ${options.socketPath}: ${cause.message}`, false, { cause }),
        );
      };
      socket.once('error', refuse);
      socket.once('connect', () => {
        socket.off('error', refuse);
        resolve(new RpcSession(socket, options));
      });
    });
  }

  /**
   * Calls libvirt. Rejects with `LibvirtError` when it answers with an error, `LibvirtConnectionError` when there is no answer,
   * `XdrError` when the arguments do not fit the procedure.
   */
  async call<A, R>(procedure: Procedure<A, R>, args: A): Promise<R> {
    if (this.#end !== undefined) throw this.#end;
    const call = this.#outgoing(procedure, args);
    const payload = await this.#calls.add(call);
    try {
      return decode(procedure.result, payload);
    } catch (cause) {
      throw new LibvirtConnectionError('protocol', `the answer to ${procedure.name} cannot be read: ${textOf(cause)}`, true, { cause });
    }
  }

  /** Starts our pings; libvirt has said that it knows them. Its own pings are answered in any case. */
  startKeepalive(): void {
    if (this.#end === undefined) this.#keepalive.start();
  }

  /** Ends the session; calls that wait are rejected with this error. Does nothing when it is over already. */
  end(error: LibvirtConnectionError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#keepalive.stop();
    this.#socket.destroy();
    this.#calls.fail(error);
    this.#reportEnd(error);
  }

  #outgoing<A, R>(procedure: Procedure<A, R>, args: A): OutgoingCall {
    const serial = (this.#lastSerial % 0xffff_ffff) + 1;
    this.#lastSerial = serial;
    const { program, number, name, sensitive } = procedure;
    const frame = encodeFrame(headerOf(program, number, MessageType.call, serial), procedure.args, args);
    return { name, serial, frame, sensitive, timeoutMs: this.#options.callTimeoutMs };
  }

  #send(call: OutgoingCall): void {
    this.#socket.write(call.frame, () => {
      if (call.sensitive) call.frame.fill(0);
    });
  }

  #sendKeepalive(procedure: number): void {
    this.#socket.write(encodeFrame(headerOf(KEEPALIVE_PROGRAM, procedure, MessageType.message, 0), nothing, undefined));
  }

  #take(chunk: Buffer): void {
    this.#keepalive.heard();
    try {
      for (const frame of this.#frames.push(chunk)) {
        if (this.#end !== undefined) return;
        this.#dispatch(frame);
      }
    } catch (cause) {
      this.#fail('protocol', `what came from libvirt cannot be read: ${textOf(cause)}`, cause);
    }
  }

  #dispatch(frame: Frame): void {
    const { program, type, version } = frame.header;
    if (version !== PROTOCOL_VERSION) this.#fail('protocol', `libvirt speaks version ${version} of program ${program}`);
    else if (program === KEEPALIVE_PROGRAM) this.#takeKeepalive(frame.header);
    else if (type === MessageType.reply) this.#takeReply(frame);
    else if (type === MessageType.message) this.#options.onMessage(frame);
    else this.#fail('protocol', `libvirt sent a message of type ${type} that was not asked for`);
  }

  #takeKeepalive(header: FrameHeader): void {
    if (header.procedure === KeepaliveProcedure.ping) this.#sendKeepalive(KeepaliveProcedure.pong);
  }

  #takeReply({ header, payload }: Frame): void {
    const outcome = header.status === MessageStatus.ok ? payload : errorOf(payload, this.#calls.nameOf(header.serial));
    if (!this.#calls.settle(header.serial, outcome)) this.#fail('protocol', `libvirt answered a call ${header.serial} that was not made`);
  }

  #fail(reason: LibvirtConnectionFailure, message: string, cause?: unknown): void {
    this.end(new LibvirtConnectionError(reason, message, false, { cause }));
  }
}

function headerOf(program: number, procedure: number, type: number, serial: number): FrameHeader {
  return { program, version: PROTOCOL_VERSION, procedure, type, serial, status: MessageStatus.ok };
}

function errorOf(payload: Buffer, procedure: string): LibvirtError {
  const { code, domain, message } = decode(remoteError, payload);
  return new LibvirtError(code, domain, message ?? 'libvirt gave no message', procedure);
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
