import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LibvirtClient } from './libvirt.client';
import { LibvirtErrorCode } from './libvirt-error.codes';
import { DomainEventRecorder } from './testing/domain-event.recorder';
import { fileDiskXml, guestDomain } from './testing/guest.domain';
import { labSocketPath } from './testing/lab.socket';

const MIB = 1024 * 1024;

describe('DeviceClient on a real libvirtd', () => {
  const client = new LibvirtClient({ socketPath: labSocketPath() });
  const recorder = new DomainEventRecorder(client);
  const guest = guestDomain();
  const { uuid } = guest;
  let folder: string;
  let disk: string;

  beforeAll(async () => {
    await client.connect();
    folder = await mkdtemp(join(tmpdir(), 'clinker-disk-'));
    disk = join(folder, 'disk.raw');
  });
  afterAll(async () => {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await writeFile(disk, '');
    await truncate(disk, 8 * MIB);
    await client.domains.create(guest.xml);
  });
  afterEach(() => client.domains.destroy(uuid));

  const sda = { dev: 'sda', bus: 'scsi' } as const;

  it('plugs a disk into a running guest and out again', async () => {
    await client.devices.attach(uuid, fileDiskXml(disk, sda, 'ua-one'), { live: true });
    await recorder.next({ type: 'device-added', uuid, alias: 'ua-one' });
    await expect(client.domains.xml(uuid)).resolves.toContain("<alias name='ua-one'/>");
    await client.devices.detachAlias(uuid, 'ua-one', { live: true });
    await recorder.next({ type: 'device-removed', uuid, alias: 'ua-one' });
    await expect(client.domains.xml(uuid)).resolves.not.toContain('ua-one');
  });

  it('finds a disk to plug out by its XML', async () => {
    const xml = fileDiskXml(disk, sda, 'ua-two');
    await client.devices.attach(uuid, xml, { live: true });
    await client.devices.detach(uuid, xml, { live: true });
    await recorder.next({ type: 'device-removed', uuid, alias: 'ua-two' });
  });

  it('says what is missing and what is taken', async () => {
    const xml = fileDiskXml(disk, sda, 'ua-three');
    const missingAlias = await client.devices.detachAlias(uuid, 'ua-three', { live: true }).catch((error: unknown) => error);
    expect(missingAlias).toMatchObject({ name: 'LibvirtError', message: expect.stringContaining('ua-three') as string });
    expect([LibvirtErrorCode.INTERNAL_ERROR, LibvirtErrorCode.DEVICE_MISSING]).toContain((missingAlias as { code: number }).code);
    await expect(client.devices.detach(uuid, xml, { live: true })).rejects.toMatchObject({ codeName: 'DEVICE_MISSING' });
    await client.devices.attach(uuid, xml, { live: true });
    const other = fileDiskXml(disk, { dev: 'sdb', bus: 'scsi' }, 'ua-three');
    await expect(client.devices.attach(uuid, other, { live: true })).rejects.toMatchObject({ codeName: 'CONFIG_UNSUPPORTED' });
    await expect(client.devices.attach(uuid, xml, { live: true, config: true })).rejects.toMatchObject({ codeName: 'OPERATION_INVALID' });
  });

  it('leaves a disk that the guest does not let go in the live XML', async () => {
    await client.devices.attach(uuid, fileDiskXml(disk, { dev: 'vda', bus: 'virtio' }, 'ua-four'), { live: true });
    await client.devices.detachAlias(uuid, 'ua-four', { live: true });
    await expect(client.domains.xml(uuid)).resolves.toContain("<alias name='ua-four'/>");
    expect(recorder.events).not.toContainEqual(expect.objectContaining({ type: 'device-removed', alias: 'ua-four' }));
  });

  it('tells the guest a new size, in bytes', async () => {
    await client.devices.attach(uuid, fileDiskXml(disk, sda, 'ua-five'), { live: true });
    await expect(client.devices.blockInfo(uuid, 'sda')).resolves.toMatchObject({ capacityBytes: 8 * MIB });
    await client.devices.blockResize(uuid, 'sda', 16 * MIB);
    await expect(client.devices.blockInfo(uuid, 'sda')).resolves.toMatchObject({ capacityBytes: 16 * MIB, physicalBytes: 16 * MIB });
    await expect(client.devices.blockStatistics(uuid, 'sda')).resolves.toMatchObject({
      writeBytes: 0n,
      readBytes: expect.any(BigInt) as bigint,
    });
  });

  it('updates what may change while it is plugged in', async () => {
    const cdrom = (source: string): string =>
      `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>${source}<target dev='sdz' bus='scsi'/><readonly/></disk>`;
    await client.domains.destroy(uuid);
    await client.domains.create(guest.xml.replace('<memballoon', `${cdrom('')}<memballoon`));
    await client.devices.update(uuid, cdrom(`<source file='${disk}'/>`), { live: true });
    await expect(client.domains.xml(uuid)).resolves.toContain(disk);
  });
});
