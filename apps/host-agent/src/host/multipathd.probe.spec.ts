import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { isMultipathdRunning } from './multipathd.probe';

describe('isMultipathdRunning', () => {
  const socketPath = `\0clinker-test/${randomUUID()}`;
  let server: Server;

  const answerWith = async (reply: (socket: Socket, request: Buffer) => void): Promise<boolean> => {
    server = createServer((socket) => socket.once('data', (request) => reply(socket, request))).listen(socketPath);
    await once(server, 'listening');
    const running = await isMultipathdRunning(socketPath);
    server.close();
    await once(server, 'close');
    return running;
  };

  const framed = (text: string): Buffer => Buffer.concat([Buffer.from([text.length + 1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(`${text}\0`)]);

  it('is false when nobody listens', async () => {
    await expect(isMultipathdRunning(socketPath)).resolves.toBe(false);
  });

  it('asks what `multipathd show status` asks, and is true for an answer', async () => {
    let asked: Buffer | undefined;
    const running = await answerWith((socket, request) => {
      asked = request;
      const reply = framed('path checker states:\n');
      socket.write(reply.subarray(0, 5));
      socket.write(reply.subarray(5));
    });
    expect(running).toBe(true);
    expect(asked).toEqual(framed('show status'));
  });

  it('is false for an error and for a connection that ends', async () => {
    const inPieces = (socket: Socket): void => {
      const reply = framed('error receiving packet');
      socket.write(reply.subarray(0, 10));
      setImmediate(() => socket.write(reply.subarray(10)));
    };
    await expect(answerWith(inPieces)).resolves.toBe(false);
    await expect(answerWith((socket) => socket.destroy())).resolves.toBe(false);
  });
});
