import type { DiskDefinition, NicDefinition, RbdSource, VmDefinition } from '@clinker/agent-protocol';

export const VM_ID = '11111111-1111-4111-8111-111111111111';
export const DISK_ID = '22222222-2222-4222-8222-222222222222';
export const OTHER_DISK_ID = '33333333-3333-4333-8333-333333333333';
export const NIC_ID = '77777777-7777-4777-8777-777777777777';
export const OTHER_NIC_ID = '88888888-8888-4888-8888-888888888888';
export const SECRET_UUID = '44444444-4444-4444-8444-444444444444';
export const CLUSTER = 'c1a57e20-0000-4000-8000-000000000001';

export const sampleSource: RbdSource = {
  kind: 'rbd',
  clusterId: CLUSTER,
  image: 'volumes/volume-5555',
  monitors: [
    { host: '10.0.0.1', port: null },
    { host: 'fd00::2', port: 3300 },
    { host: 'mon.example', port: 6790 },
  ],
  user: 'cinder',
  secretUuid: SECRET_UUID,
};

export const sampleDisk = (changes: Partial<DiskDefinition> = {}): DiskDefinition => ({
  diskId: DISK_ID,
  volumeId: '66666666-6666-4666-8666-666666666666',
  source: sampleSource,
  sizeBytes: 1_073_741_824,
  interface: 'virtio',
  readOnly: false,
  shareable: false,
  passDiscard: false,
  cache: 'none',
  errorPolicy: 'stop',
  bootOrder: null,
  ...changes,
});

export const sampleNic = (changes: Partial<NicDefinition> = {}): NicDefinition => ({
  nicId: NIC_ID,
  mac: '56:6f:00:00:00:01',
  model: 'virtio',
  bridge: 'ovirtmgmt',
  linked: true,
  mtu: null,
  ...changes,
});

export const sampleVm = (changes: Partial<VmDefinition> = {}): VmDefinition => ({
  vmId: VM_ID,
  name: 'web-1',
  memoryBytes: 1_073_741_824,
  cpu: { sockets: 2, cores: 2, threads: 1 },
  os: { kernel: null, initrd: null, cmdline: null, bootDevices: ['hd'] },
  disks: [],
  nics: [],
  ...changes,
});
