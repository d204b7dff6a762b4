import { type VmDefinition, domainNameOf } from '@clinker/agent-protocol';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';
import { type PlacedDisk, appendDisk } from './disk-xml.builder';
import { appendDisplay } from './display-xml.builder';
import { appendSeed } from './seed-xml.builder';
import { appendNic } from './nic-xml.builder';

/** What of the host the builder needs. */
export interface HostSetting {
  readonly emulation: 'kvm' | 'qemu';
  /** Folder for the logs of serial consoles. */
  readonly consoleFolder: string;
  /** Where displays listen; undefined for a socket of the host. */
  readonly consoleAddress?: string | undefined;
  /** Path of the disc from which the guest is initialized; null for none. */
  readonly seedImage?: string | null;
}

/** Mark of our domains in libvirt, in their metadata. */
export const METADATA_NAMESPACE = 'urn:clinker:vm:1';

const SPARE_PORTS = 16;
const OWN_PORTS = 7;
const MOST_SCSI_QUEUES = 8;
const KIB = 1_024;
const BOOT_DEVICE = { hd: 'hd', cdrom: 'cdrom', network: 'network' } as const;

/** The log of a VM's serial console: of its present run, or of the last one. */
export const consoleLog = (consoleFolder: string, vmId: string): string => `${consoleFolder}/${vmId}.log`;

/**
 * The whole domain.
 * The machine is q35, where each device that comes later needs a free PCIe root port: there are as many as disks and interfaces need, and spare
 * ones. Models of plain PCI (e1000, rtl8139) sit on a bridge, which is there from the start as well.
 * The virtio-scsi controller is there from the start, so that a disk behind it can come at any time.
 */
export function domainXml(vm: VmDefinition, disks: readonly PlacedDisk[], host: HostSetting): string {
  const root = create({ invalidCharReplacement: '_' }).ele('domain', { type: host.emulation });
  root.ele('name').txt(domainNameOf(vm));
  root.ele('uuid').txt(vm.vmId);
  root.ele('metadata').ele(METADATA_NAMESPACE, 'clinker:vm').ele(METADATA_NAMESPACE, 'clinker:name').txt(vm.name);
  root.ele('memory', { unit: 'KiB' }).txt(String(Math.ceil(vm.memoryBytes / KIB)));
  root.ele('vcpu').txt(String(vcpus(vm)));
  appendOs(root, vm);
  root.ele('features').ele('acpi').up().ele('apic');
  appendCpu(root, vm, host);
  appendClock(root, host);
  root.ele('on_poweroff').txt('destroy');
  root.ele('on_reboot').txt('restart');
  root.ele('on_crash').txt('destroy');
  appendDevices(root.ele('devices'), vm, disks, host);
  return root.end({ headless: true, prettyPrint: true });
}

const vcpus = ({ cpu }: VmDefinition): number => cpu.sockets * cpu.cores * cpu.threads;

/** A place in the boot order belongs to a disk or to a kind of device; libvirt refuses both together. */
function appendOs(root: XMLBuilder, { os, disks }: VmDefinition): void {
  const element = root.ele('os');
  element.ele('type', { arch: 'x86_64', machine: 'q35' }).txt('hvm');
  if (os.kernel) element.ele('kernel').txt(os.kernel);
  if (os.initrd) element.ele('initrd').txt(os.initrd);
  if (os.cmdline) element.ele('cmdline').txt(os.cmdline);
  if (disks.some((disk) => disk.bootOrder !== null)) return;
  for (const device of new Set(os.bootDevices)) element.ele('boot', { dev: BOOT_DEVICE[device] });
}

/** Under emulation a plain model: what of the host's CPU TCG can do differs from version to version, and costs time. */
function appendCpu(root: XMLBuilder, { cpu }: VmDefinition, host: HostSetting): void {
  const element = root.ele(
    'cpu',
    host.emulation === 'kvm' ? { mode: 'host-passthrough', check: 'none' } : { mode: 'custom', match: 'exact', check: 'none' },
  );
  if (host.emulation === 'qemu') element.ele('model', { fallback: 'forbid' }).txt('qemu64');
  element.ele('topology', { sockets: cpu.sockets, cores: cpu.cores, threads: cpu.threads });
}

function appendClock(root: XMLBuilder, host: HostSetting): void {
  const clock = root.ele('clock', { offset: 'utc' });
  clock.ele('timer', { name: 'rtc', tickpolicy: 'catchup' });
  clock.ele('timer', { name: 'pit', tickpolicy: 'delay' });
  clock.ele('timer', { name: 'hpet', present: 'no' });
  if (host.emulation === 'kvm') clock.ele('timer', { name: 'kvmclock', present: 'yes' });
}

function appendDevices(devices: XMLBuilder, vm: VmDefinition, disks: readonly PlacedDisk[], host: HostSetting): void {
  for (const placed of disks) appendDisk(devices, placed);
  if (host.seedImage) appendSeed(devices, host.seedImage);
  for (const nic of vm.nics) appendNic(devices, nic);
  appendControllers(devices, vm, OWN_PORTS + disks.length + vm.nics.length + SPARE_PORTS);
  appendConsole(devices, consoleLog(host.consoleFolder, vm.vmId));
  devices.ele('channel', { type: 'unix' }).ele('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' });
  devices.ele('input', { type: 'tablet', bus: 'usb' });
  appendDisplay(devices, host.consoleAddress);
  devices.ele('video').ele('model', { type: 'vga', vram: '16384' });
  devices.ele('memballoon', { model: 'virtio' }).ele('stats', { period: '10' });
  devices.ele('rng', { model: 'virtio' }).ele('backend', { model: 'random' }).txt('/dev/urandom');
}

function appendControllers(devices: XMLBuilder, vm: VmDefinition, ports: number): void {
  devices.ele('controller', { type: 'pci', index: '0', model: 'pcie-root' });
  for (let index = 1; index <= ports; index += 1) {
    devices.ele('controller', { type: 'pci', index: String(index), model: 'pcie-root-port' });
  }
  devices.ele('controller', { type: 'pci', index: String(ports + 1), model: 'pcie-to-pci-bridge' });
  const queues = String(Math.min(vcpus(vm), MOST_SCSI_QUEUES));
  devices.ele('controller', { type: 'scsi', index: '0', model: 'virtio-scsi' }).ele('driver', { queues });
  devices.ele('controller', { type: 'usb', index: '0', model: 'qemu-xhci' });
}

function appendConsole(devices: XMLBuilder, log: string): void {
  const serial = devices.ele('serial', { type: 'pty' });
  serial.ele('log', { file: log, append: 'off' });
  serial.ele('target', { type: 'isa-serial', port: '0' });
  devices.ele('console', { type: 'pty' }).ele('target', { type: 'serial', port: '0' });
}
