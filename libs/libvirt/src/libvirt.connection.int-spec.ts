import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LibvirtClient } from './libvirt.client';
import { LibvirtConnectionOptions } from './libvirt.connection';
import { DomainEventRecorder } from './testing/domain-event.recorder';
import { fileDiskXml, guestDomain } from './testing/guest.domain';
import { PrivateLibvirtd } from '@clinker/testing';

describe('LibvirtClient and a libvirtd that dies or hangs', () => {
  const libvirtd = new PrivateLibvirtd();
  const guest = guestDomain();
  const disk = join(libvirtd.folder, 'disk.raw');
  let client: LibvirtClient;

  beforeAll(async () => {
    await writeFile(disk, Buffer.alloc(1024 * 1024));
    await libvirtd.start();
    const setUp = await connected();
    await setUp.domains.create(guest.xml.replace('<memballoon', `${fileDiskXml(disk, { dev: 'sda', bus: 'scsi' }, 'ua-disk')}<memballoon`));
    await setUp.close();
  }, 90_000);
  afterAll(() => libvirtd.stop());
  afterEach(async () => {
    await client.close();
    if (!libvirtd.running) await libvirtd.start();
  });

  const connected = async (options: Partial<LibvirtConnectionOptions> = {}): Promise<LibvirtClient> => {
    client = new LibvirtClient({ socketPath: libvirtd.socketPath, reconnectDelayMs: 50, ...options });
    await client.connect();
    return client;
  };
  /** An answer on another connection: what was called before it has gone out. */
  const roundTrip = async (): Promise<void> => {
    const other = new LibvirtClient({ socketPath: libvirtd.socketPath });
    await other.connect();
    await other.close();
  };
  /** A guest whose QEMU is stopped answers nothing, so that a call about its disks stays under way. */
  const frozen = async <T>(work: () => Promise<T>): Promise<T> => {
    const pid = libvirtd.qemuPid(guest.name);
    process.kill(pid, 'SIGSTOP');
    try {
      return await work();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };
  const hangingCalls = (count: number): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(Array.from({ length: count }, () => client.devices.blockInfo(guest.uuid, 'sda')));

  it('rejects calls at once when libvirtd is killed, comes back, and has its events again', async () => {
    await connected();
    const recorder = new DomainEventRecorder(client);
    await frozen(async () => {
      const disconnected = once(client, 'disconnected');
      const calls = hangingCalls(6);
      await roundTrip();
      await libvirtd.kill();
      await expect(calls).resolves.toMatchObject(
        Array.from({ length: 6 }, (_, index) => ({ status: 'rejected', reason: { reason: 'lost', sent: index < 4 } })),
      );
      await expect(disconnected).resolves.toMatchObject([{ reason: 'lost' }]);
    });
    const again = once(client, 'connected');
    await libvirtd.start();
    await again;
    await client.domains.suspend(guest.uuid);
    await recorder.next({ type: 'lifecycle', uuid: guest.uuid, event: 'suspended' });
    await client.domains.resume(guest.uuid);
  });

  it('lets a call wait for libvirtd to come back', async () => {
    await connected();
    const disconnected = once(client, 'disconnected');
    await libvirtd.kill();
    await disconnected;
    const answer = client.domains.lookup(guest.uuid);
    await libvirtd.start();
    await expect(answer).resolves.toMatchObject({ name: guest.name });
  });

  it('rejects a call when libvirtd does not come back in time', async () => {
    await connected({ reconnectWaitMs: 100 });
    const disconnected = once(client, 'disconnected');
    await libvirtd.kill();
    await disconnected;
    await expect(client.node.hostname()).rejects.toMatchObject({
      name: 'LibvirtConnectionError',
      reason: 'refused',
      sent: false,
      message: expect.stringContaining('no connection to libvirt within 100 ms') as string,
    });
  });

  it('notices a libvirtd that is there and does nothing, by keepalive', async () => {
    await connected({ keepaliveIntervalMs: 100, keepaliveCount: 3 });
    const disconnected = once(client, 'disconnected');
    libvirtd.signal('SIGSTOP');
    const answer = client.node.hostname();
    await expect(answer).rejects.toMatchObject({ reason: 'lost', sent: true });
    await expect(disconnected).resolves.toMatchObject([{ message: 'libvirt does not answer keepalive messages' }]);
    const again = once(client, 'connected');
    libvirtd.signal('SIGCONT');
    await again;
    await expect(client.node.hostname()).resolves.not.toBe('');
  });

  it('stays connected while more calls hang than libvirtd takes at a time', async () => {
    await connected({ keepaliveIntervalMs: 100, keepaliveCount: 3, callTimeoutMs: 3_000 });
    const lost = jest.fn();
    client.on('disconnected', lost);
    await frozen(async () => {
      const outcomes = await hangingCalls(10);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { reason: 'timeout' } });
    });
    expect(lost).not.toHaveBeenCalled();
    await expect(client.domains.state(guest.uuid)).resolves.toMatchObject({ state: 'running' });
  });

  it('lists domains while a QEMU hangs', async () => {
    await connected();
    await frozen(async () => {
      const calls = hangingCalls(1);
      await expect(client.domains.list()).resolves.toMatchObject([{ uuid: guest.uuid, state: 'running' }]);
      await client.close();
      await calls;
    });
  });

  it('gives up connecting to a libvirtd that does not answer, and connects when it does', async () => {
    libvirtd.signal('SIGSTOP');
    client = new LibvirtClient({ socketPath: libvirtd.socketPath, connectTimeoutMs: 200, reconnectDelayMs: 50 });
    await expect(client.connect()).rejects.toMatchObject({ name: 'LibvirtConnectionError', reason: 'timeout' });
    const connectedAtLast = once(client, 'connected');
    libvirtd.signal('SIGCONT');
    await connectedAtLast;
    await expect(client.connect()).resolves.toBeUndefined();
  });

  it('says that nobody listens, and goes on trying', async () => {
    await libvirtd.kill();
    client = new LibvirtClient({ socketPath: libvirtd.socketPath, reconnectDelayMs: 50 });
    await expect(client.connect()).rejects.toMatchObject({ name: 'LibvirtConnectionError', reason: 'refused' });
    const connectedAtLast = once(client, 'connected');
    await libvirtd.start();
    await connectedAtLast;
  });

  it('refuses calls before it is connected and after it is closed', async () => {
    client = new LibvirtClient({ socketPath: libvirtd.socketPath });
    await expect(client.node.hostname()).rejects.toMatchObject({ reason: 'closed', sent: false });
    await client.connect();
    await client.close();
    await expect(client.node.hostname()).rejects.toMatchObject({ reason: 'closed', sent: false });
    await expect(client.connect()).rejects.toMatchObject({ reason: 'closed' });
  });

  it('rejects calls that are under way when it is closed', async () => {
    await connected();
    await frozen(async () => {
      const calls = hangingCalls(6);
      await roundTrip();
      await client.close();
      for (const outcome of await calls) expect(outcome).toMatchObject({ status: 'rejected', reason: { reason: 'closed' } });
    });
  });

  it('is refused for a driver that libvirtd does not have', async () => {
    client = new LibvirtClient({ socketPath: libvirtd.socketPath, uri: 'nosuch:///system' });
    await expect(client.connect()).rejects.toMatchObject({ name: 'LibvirtConnectionError', cause: { name: 'LibvirtError' } });
  });
});
