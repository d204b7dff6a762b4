import type { Monitor } from '@clinker/agent-protocol';
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import { probeMonitors } from './monitor.probe';

const limits = { totalMs: 200, graceMs: 40 };

describe('probeMonitors', () => {
  const servers: Server[] = [];

  const listening = async (host: string, greet: (socket: Socket) => void): Promise<Monitor> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      greet(socket);
    }).listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    return { host, port: typeof address === 'object' && address ? address.port : 0 };
  };
  const saying = (bytes: string, host = '127.0.0.1'): Promise<Monitor> => listening(host, (socket) => void socket.write(bytes));
  const refusing = async (): Promise<Monitor> => {
    const monitor = await saying('');
    const server = servers.pop();
    server?.close();
    return monitor;
  };

  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  it('knows both messengers by their banner, over IPv6 too', async () => {
    const monitors = await Promise.all([saying('ceph v2\nxxxx'), saying('ceph v027xxxx'), saying('ceph v2\n', '::1')]);
    await expect(probeMonitors(monitors, limits)).resolves.toEqual({ live: monitors, silent: [] });
  });

  it('reads a banner that comes in pieces', async () => {
    const monitor = await listening('127.0.0.1', (socket) => {
      socket.write('ceph');
      setImmediate(() => socket.write(' v027'));
    });
    await expect(probeMonitors([monitor], limits)).resolves.toEqual({ live: [monitor], silent: [] });
  });

  it('takes whoever refuses, says something else, hangs up or says nothing for dead, and keeps the order', async () => {
    const [first, second] = await Promise.all([saying('ceph v2\n'), saying('ceph v2\n')]);
    const dead = [
      await refusing(),
      await saying('SSH-2.0-OpenSSH'),
      await listening('127.0.0.1', (socket) => socket.end()),
      await saying(''),
    ];
    await expect(probeMonitors([...dead, first, second], limits)).resolves.toEqual({ live: [first, second], silent: dead });
  });

  it('does not wait long for a silent one when another is alive', async () => {
    const monitors = [await saying(''), await saying('ceph v2\n')];
    const started = performance.now();
    await probeMonitors(monitors, { totalMs: 20_000, graceMs: 40 });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('gives up when all are silent', async () => {
    const monitor = await saying('');
    await expect(probeMonitors([monitor], limits)).resolves.toEqual({ live: [], silent: [monitor] });
  });

  it('takes a name that nobody knows for dead', async () => {
    const monitor = { host: 'monitor.invalid', port: 3300 };
    await expect(probeMonitors([monitor], limits)).resolves.toEqual({ live: [], silent: [monitor] });
  });
});
