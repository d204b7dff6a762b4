import { type Attachment, CinderClient, type Connector, isCinderError } from '@clinker/cinder';
import { LibvirtClient } from '@clinker/libvirt';
import { randomUUID } from 'node:crypto';
import { labAccount } from '../cinder';
import { labValue, until } from '../lab';
import { becomes } from './comparison';

/** The bare calls, in sequence and with nothing around them: what no control plane can be faster than. */
export class Floor {
  readonly cinder = new CinderClient(labAccount());
  readonly libvirt = new LibvirtClient({ socketPath: labValue('LAB_LIBVIRT_SOCKET_host_1') });

  /** @param connector the host's connector properties */
  constructor(private readonly connector: Connector) {}

  /** A volume of 1 GiB that is available. */
  async createVolume(): Promise<string> {
    const { id } = await this.cinder.createVolume({ name: 'bench-floor', sizeGiB: 1, metadata: {} });
    await becomes(
      () => this.cinder.volume(id),
      ({ status }) => status === 'available',
    );
    return id;
  }

  /** Reserve, connect, attach to the domain, complete. */
  async attach(vmId: string, volumeId: string): Promise<Attachment> {
    const { id } = await this.cinder.createAttachment({ volumeId, instanceId: vmId, connector: null, mode: 'rw' });
    const attachment = await this.cinder.updateAttachment(id, this.connector);
    await this.libvirt.devices.attach(vmId, diskXml(attachment, 'sdb'), { live: true });
    await this.cinder.completeAttachment(id);
    return attachment;
  }

  async detach(vmId: string, volumeId: string, attachment: Attachment): Promise<void> {
    await this.libvirt.devices.detach(vmId, diskXml(attachment, 'sdb'), { live: true });
    await until(
      'the device is gone',
      () => this.libvirt.domains.xml(vmId),
      (xml) => !xml.includes(volumeId),
    );
    await this.cinder.deleteAttachment(attachment.id);
  }

  /** Attach in Cinder, create the domain, complete. */
  async start(vmId: string, volumeId: string): Promise<Attachment> {
    const attachment = await this.cinder.createAttachment({ volumeId, instanceId: vmId, connector: this.connector, mode: 'rw' });
    await this.libvirt.domains.create(domainXml(vmId, diskXml(attachment, 'sda')));
    await this.cinder.completeAttachment(attachment.id);
    return attachment;
  }

  async stop(vmId: string, attachment: Attachment): Promise<void> {
    await this.libvirt.domains.destroy(vmId);
    await this.cinder.deleteAttachment(attachment.id);
  }

  /** Returns when it is gone, so that nothing of it is measured with what comes next. */
  async deleteVolume(id: string): Promise<void> {
    await this.cinder.deleteVolume(id);
    await until('the volume is gone', () => this.isGone(id), Boolean);
  }

  private async isGone(id: string): Promise<boolean> {
    return this.cinder.volume(id).then(
      () => false,
      (error: unknown) => {
        if (isCinderError(error, 'not_found')) return true;
        throw error;
      },
    );
  }

  async close(): Promise<void> {
    await this.libvirt.close();
  }
}

export const newVmId = (): string => randomUUID();

function diskXml({ connectionInfo: info }: Attachment, target: string): string {
  const hosts = (info?.hosts ?? []).map((host) => `<host name='${host}'/>`).join('');
  const auth = `<auth username='${info?.auth_username ?? ''}'><secret type='ceph' uuid='${info?.secret_uuid ?? ''}'/></auth>`;
  return `<disk type='network' device='disk'><driver name='qemu' type='raw' cache='none'/>${auth}
    <source protocol='rbd' name='${info?.name ?? ''}'>${hosts}</source><target dev='${target}' bus='scsi'/></disk>`;
}

const domainXml = (
  uuid: string,
  disk: string,
): string => `<domain type='qemu'><name>bench-${uuid.slice(0, 8)}</name><uuid>${uuid}</uuid><memory unit='MiB'>256</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><kernel>${labValue('LAB_GUEST_KERNEL')}</kernel><initrd>${labValue('LAB_GUEST_INITRD')}</initrd><cmdline>console=ttyS0</cmdline></os>
  <features><acpi/></features><devices><controller type='scsi' model='virtio-scsi'/>${disk}<serial type='null'/></devices></domain>`;
