import { randomUUID } from 'node:crypto';

/** A guest without an operating system, emulated by QEMU: enough for everything that libvirt does with it. */
export interface GuestDomain {
  readonly uuid: string;
  readonly name: string;
  readonly xml: string;
}

/** A new guest with a UUID and name of its own and a virtio-scsi controller. */
export function guestDomain(): GuestDomain {
  const uuid = randomUUID();
  const name = `test-${uuid.slice(0, 8)}`;
  const xml = `
    <domain type='qemu'>
      <name>${name}</name>
      <uuid>${uuid}</uuid>
      <memory unit='MiB'>64</memory>
      <vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <features><acpi/></features>
      <on_reboot>restart</on_reboot>
      <devices>
        <controller type='scsi' index='0' model='virtio-scsi'/>
        <memballoon model='none'/>
      </devices>
    </domain>`;
  return { uuid, name, xml };
}

/** The XML of a disk in a raw file. */
export function fileDiskXml(path: string, target: { readonly dev: string; readonly bus: 'scsi' | 'virtio' }, alias: string): string {
  return `
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='${path}'/>
      <target dev='${target.dev}' bus='${target.bus}'/>
      <alias name='${alias}'/>
    </disk>`;
}
