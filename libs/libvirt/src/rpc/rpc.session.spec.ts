import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { LibvirtConnectionError } from '../libvirt.errors';
import { KEEPALIVE_PROGRAM, PROTOCOL_VERSION, REMOTE_PROGRAM, remote, sensitive } from '../protocol/procedure';
import { remoteError } from '../protocol/wire.types';
import { PeerScript, ScriptedPeer } from '../testing/scripted.peer';
import { int, nothing, opaque, text } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { Frame, MessageStatus, MessageType, encodeFrame } from './frame.codec';
import { RpcSession, SessionOptions } from './rpc.session';

const echo = remote('ECHO', 900, text, text);
const hold = remote('HOLD', 901, nothing, nothing);
const keep = sensitive(remote('KEEP', 902, opaque(64), nothing));
const noError = { level: 2, dom: null, str1: null, str2: null, str3: null, int1: 0, int2: 0, network: null };

describe('RpcSession', () => {
  let peer: ScriptedPeer | undefined;
  let session: RpcSession | undefined;

  afterEach(async () => {
    session?.end(new LibvirtConnectionError('closed', 'end of test', false));
    await peer?.stop();
  });

  const open = async (script: PeerScript, options: Partial<SessionOptions> = {}): Promise<RpcSession> => {
    peer = new ScriptedPeer(script);
    await peer.start();
    const { socketPath } = peer;
    const keepalive = { intervalMs: 0, count: 1 };
    session = await RpcSession.open({
      socketPath,
      callTimeoutMs: 5_000,
      maxCallsUnderWay: 4,
      keepalive,
      onMessage: () => undefined,
      ...options,
    });
    return session;
  };

  it('joins answers to calls by serial, in whatever order they come', async () => {
    const calls: Frame[] = [];
    const opened = await open((frame, connection) => {
      calls.unshift(frame);
      if (calls.length === 3)
        calls.forEach((held) =>
          connection.socket.write(encodeFrame({ ...held.header, type: MessageType.reply }, text, `answer ${held.header.serial}`)),
        );
    });
    await expect(Promise.all(['a', 'b', 'c'].map((value) => opened.call(echo, value)))).resolves.toEqual([
      'answer 1',
      'answer 2',
      'answer 3',
    ]);
  });

  it('takes an answer that comes byte by byte', async () => {
    const opened = await open((frame, { socket }) => {
      socket.setNoDelay(true);
      for (const byte of encodeFrame({ ...frame.header, type: MessageType.reply }, text, 'slow')) socket.write(Buffer.from([byte]));
    });
    await expect(opened.call(echo, '')).resolves.toBe('slow');
  });

  it('turns an error into a LibvirtError with its code, domain and procedure', async () => {
    const opened = await open((frame, connection) =>
      connection.send({ ...frame.header, type: MessageType.reply, status: MessageStatus.error }, remoteError, {
        code: 42,
        domain: 10,
        message: 'no',
        ...noError,
      }),
    );
    await expect(opened.call(echo, '')).rejects.toMatchObject({
      name: 'LibvirtError',
      code: 42,
      codeName: 'NO_DOMAIN',
      domain: 10,
      message: 'no',
      procedure: 'ECHO',
    });
  });

  it('rejects a call whose answer has another shape, and goes on', async () => {
    const opened = await open((frame, connection) => connection.answer(frame, int, frame.header.serial === 1 ? 7 : 0));
    await expect(opened.call(echo, '')).rejects.toMatchObject({ name: 'LibvirtConnectionError', reason: 'protocol', sent: true });
    await expect(opened.call(echo, '')).resolves.toBe('');
  });

  it.each<[string, (frame: Frame) => Buffer]>([
    ['a length that no message has', () => Buffer.from('0000000700000000', 'hex')],
    ['random bytes', () => Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an answer to nobody', (frame) => encodeFrame({ ...frame.header, type: MessageType.reply, serial: 99 }, nothing, undefined)],
    ['another version', (frame) => encodeFrame({ ...frame.header, version: 2 }, nothing, undefined)],
    ['a stream', (frame) => encodeFrame({ ...frame.header, type: 3 }, nothing, undefined)],
    [
      'an error without its text',
      (frame) => encodeFrame({ ...frame.header, type: MessageType.reply, status: MessageStatus.error }, int, 1),
    ],
  ])('ends with every call rejected when it gets %s', async (_what, bytes) => {
    const opened = await open((frame, { socket }) => frame.header.serial === 2 && socket.write(bytes(frame)));
    const outcomes = await Promise.allSettled([opened.call(hold, undefined), opened.call(hold, undefined)]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'LibvirtConnectionError', reason: 'protocol', sent: true } });
    await expect(opened.ended).resolves.toMatchObject({ reason: 'protocol' });
    await expect(opened.call(hold, undefined)).rejects.toMatchObject({ reason: 'protocol', sent: false });
  });

  it('ends when an event cannot be read', async () => {
    const onMessage = (): never => {
      throw new XdrError('short');
    };
    const opened = await open((frame, connection) => connection.send({ ...frame.header, type: MessageType.message }, nothing, undefined), {
      onMessage,
    });
    await expect(opened.call(hold, undefined)).rejects.toMatchObject({ reason: 'protocol' });
  });

  it('answers a ping', async () => {
    let pong: (frame: Frame) => void = () => undefined;
    const answered = new Promise<Frame>((resolve) => (pong = resolve));
    const ping = { program: KEEPALIVE_PROGRAM, version: PROTOCOL_VERSION, procedure: 1, type: MessageType.message, serial: 0, status: 0 };
    const opened = await open((frame, connection) => {
      if (frame.header.program === REMOTE_PROGRAM) connection.send(ping, nothing, undefined);
      else pong(frame);
    });
    void opened.call(hold, undefined).catch(() => undefined);
    await expect(answered).resolves.toMatchObject({ header: { ...ping, procedure: 2 } });
  });

  it('ends when its own pings stay without an answer', async () => {
    const pings: number[] = [];
    const opened = await open((frame) => pings.push(frame.header.program), { keepalive: { intervalMs: 10, count: 3 } });
    opened.startKeepalive();
    await expect(opened.ended).resolves.toMatchObject({ reason: 'lost', message: 'libvirt does not answer keepalive messages' });
    expect(pings).toEqual([KEEPALIVE_PROGRAM, KEEPALIVE_PROGRAM, KEEPALIVE_PROGRAM]);
  });

  it('rejects arguments of the wrong shape and sends nothing', async () => {
    const frames: Frame[] = [];
    const opened = await open((frame, connection) => {
      frames.push(frame);
      connection.answer(frame, text, '');
    });
    await expect(opened.call(keep, new Uint8Array(65))).rejects.toBeInstanceOf(XdrError);
    await opened.call(echo, '');
    expect(frames).toHaveLength(1);
  });

  it('shows no secret when it is looked into, and none in its errors', async () => {
    const secret = 'correct horse battery';
    const opened = await open(() => undefined, { callTimeoutMs: 20 });
    const answer = opened.call(keep, Buffer.from(secret));
    const seen = inspect(opened, { depth: 12, showHidden: true });
    const error: unknown = await answer.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'timeout', sent: true });
    for (const shown of [seen, inspect(error, { depth: 12, showHidden: true })]) {
      expect(shown).not.toContain('horse');
      expect(shown).not.toContain(Buffer.from('horse').toString('hex').replaceAll(/(..)/g, '$1 ').trim());
    }
  });

  it('wipes the bytes of a secret once they are written', async () => {
    const opened = await open((frame, connection) => connection.answer(frame, nothing, undefined));
    const write = jest.spyOn(Socket.prototype, 'write');
    await opened.call(keep, Buffer.from('secret'));
    const [frame] = write.mock.calls[0]!;
    write.mockRestore();
    expect(frame).toEqual(Buffer.alloc(28 + 4 + 8));
  });

  it('says refused when nobody listens', async () => {
    const options = {
      socketPath: '/nowhere/libvirt-sock',
      callTimeoutMs: 1,
      maxCallsUnderWay: 1,
      keepalive: { intervalMs: 0, count: 1 },
      onMessage: () => undefined,
    };
    await expect(RpcSession.open(options)).rejects.toMatchObject({ name: 'LibvirtConnectionError', reason: 'refused', sent: false });
  });
});
