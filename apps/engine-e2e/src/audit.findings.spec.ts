import { type World, findings } from './audit.findings';

/** One VM that runs with one of two disks, and everybody agrees. */
const world = (): World => ({
  database: {
    disks: [
      { id: 'disk-1', name: 'used', volumeId: 'volume-1', status: 'ok', sizeGiB: 1 },
      { id: 'disk-2', name: 'idle', volumeId: 'volume-2', status: 'ok', sizeGiB: 2 },
    ],
    vms: [
      { id: 'vm-1', name: 'e2e-a', status: 'up', hostName: 'host-1' },
      { id: 'vm-2', name: 'e2e-b', status: 'down', hostName: null },
    ],
    diskAttachments: [
      { diskId: 'disk-1', vmId: 'vm-1', plugged: true, status: 'ok' },
      { diskId: 'disk-2', vmId: 'vm-2', plugged: true, status: 'ok' },
    ],
    nics: [
      { id: 'nic-1', name: 'nic1', vmId: 'vm-1', plugged: true, status: 'ok' },
      { id: 'nic-2', name: 'nic2', vmId: 'vm-1', plugged: false, status: 'ok' },
    ],
    volumeAttachments: [{ volumeId: 'volume-1', diskId: 'disk-1', vmId: 'vm-1', cinderAttachmentId: 'attachment-1', state: 'completed' }],
    domains: [{ name: 'lab-cinder', status: 'active' }],
    activeKeys: ['key-1'],
    otherVolumes: ['volume-3'],
    diskSnapshots: [{ id: 'disk-snapshot-1', cinderSnapshotId: 'snapshot-1', status: 'ok' }],
    vmSnapshots: [],
    groups: ['group-1'],
    operations: [],
  },
  cinder: {
    volumes: [
      { id: 'volume-1', status: 'in-use', sizeGiB: 1 },
      { id: 'volume-2', status: 'available', sizeGiB: 2 },
      { id: 'volume-3', status: 'available', sizeGiB: 2 },
    ],
    snapshots: [{ id: 'snapshot-1', volumeId: 'volume-3', status: 'available' }],
    groups: ['group-1'],
    everybodys: ['volume-1', 'volume-2', 'volume-3', 'foreign'],
    attachments: [{ id: 'attachment-1', volumeId: 'volume-1', instanceId: 'vm-1', status: 'attached' }],
  },
  ceph: {
    images: ['volume-1', 'volume-2', 'volume-3', 'foreign'],
    snapshots: ['volume-3@snapshot-1', 'foreign@x'],
    watchers: new Map([['volume-1', ['10.0.0.1:0/1']]]),
  },
  hosts: [{ name: 'host-1', domains: [{ uuid: 'vm-1', name: 'e2e-a', deviceIds: ['disk-1', 'nic-1'] }], secrets: ['key-1'] }],
});

const { database, cinder, ceph, hosts } = world();
const [host] = hosts;

const disagreements: [string, Partial<World>, RegExp][] = [
  [
    'an operation under way',
    { database: { ...database, operations: [{ id: 'o', saga: 's', status: 'running', step: 't', error: null }] } },
    /operation s o is running/,
  ],
  [
    'a locked disk',
    { database: { ...database, disks: database.disks.map((disk) => ({ ...disk, status: 'locked' })) } },
    /disk used is locked/,
  ],
  ['a locked snapshot', { database: { ...database, vmSnapshots: [{ id: 's-1', status: 'locked' }] } }, /snapshot s-1 is locked/],
  [
    'a snapshot that nobody knows',
    { cinder: { ...cinder, snapshots: [{ id: 'x', volumeId: 'volume-3', status: 'available' }] } },
    /Cinder: snapshot: x should not be there/,
  ],
  [
    'a snapshot that is gone',
    { database: { ...database, diskSnapshots: [{ id: 's', cinderSnapshotId: 'y', status: 'ok' }] } },
    /Cinder: snapshot: y is missing/,
  ],
  ['a kept volume that is gone', { database: { ...database, otherVolumes: ['volume-4'] } }, /Cinder: volume: volume-4 is missing/],
  [
    'a locked attachment',
    { database: { ...database, diskAttachments: database.diskAttachments.map((one) => ({ ...one, status: 'locked' })) } },
    /attachment of disk disk-1 .* is locked/,
  ],
  [
    'a VM between two states',
    { database: { ...database, vms: database.vms.map((vm) => ({ ...vm, status: 'unknown' })) } },
    /VM e2e-a is unknown/,
  ],
  [
    'a domain between two states',
    { database: { ...database, domains: [{ name: 'lab-cinder', status: 'activating' }] } },
    /lab-cinder is activating/,
  ],
  [
    'a volume without a disk',
    { cinder: { ...cinder, volumes: [...cinder.volumes, { id: 'orphan', status: 'available', sizeGiB: 1 }] } },
    /volume: orphan should not be there/,
  ],
  [
    'a disk without a volume',
    { cinder: { ...cinder, volumes: cinder.volumes.filter(({ id }) => id !== 'volume-2') } },
    /volume: volume-2 is missing/,
  ],
  [
    'a volume that nobody uses',
    { cinder: { ...cinder, volumes: cinder.volumes.map((volume) => ({ ...volume, status: 'in-use' })) } },
    /volume-2 is in-use, and no VM uses it/,
  ],
  [
    'a volume of another size',
    { cinder: { ...cinder, volumes: cinder.volumes.map((volume) => ({ ...volume, sizeGiB: 1 })) } },
    /disk idle has 2 GiB, and its volume 1 GiB/,
  ],
  ['a volume without an image', { ceph: { ...ceph, images: ['volume-1'] } }, /image of volume volume-2 is missing/],
  [
    'an image without a volume',
    { ceph: { ...ceph, images: [...ceph.images, 'volume-1.deleted'] } },
    /image of volume volume-1.deleted belongs to no volume/,
  ],
  ['a snapshot that is gone from Cinder', { cinder: { ...cinder, snapshots: [] } }, /Cinder: snapshot: snapshot-1 is missing/],
  ['a snapshot that is gone from Ceph', { ceph: { ...ceph, snapshots: [] } }, /Ceph: snapshot: volume-3@snapshot-1 is missing/],
  ['a group that is gone', { cinder: { ...cinder, groups: [] } }, /Cinder: group: group-1 is missing/],
  ['a group that nobody knows', { cinder: { ...cinder, groups: ['group-1', 'x'] } }, /Cinder: group: x should not be there/],
  [
    'a snapshot that only Ceph has',
    { ceph: { ...ceph, snapshots: [...ceph.snapshots, 'volume-1@left'] } },
    /Ceph: snapshot: volume-1@left should not be there/,
  ],
  [
    'an attachment that only Cinder knows',
    { database: { ...database, volumeAttachments: [] } },
    /Cinder: attachment: attachment-1 .* should not be there/,
  ],
  ['an attachment that Cinder does not know', { cinder: { ...cinder, attachments: [] } }, /Cinder: attachment: attachment-1 .* is missing/],
  [
    'an attachment that was not completed',
    { cinder: { ...cinder, attachments: cinder.attachments.map((one) => ({ ...one, status: 'attaching' })) } },
    /attachment-1 is attaching/,
  ],
  [
    'a plugged disk without an attachment',
    { database: { ...database, volumeAttachments: [] } },
    /use of disk: disk-1 by VM vm-1 is missing/,
  ],
  [
    'a domain that should be down',
    { hosts: [{ ...host!, domains: [...host!.domains, { uuid: 'vm-2', name: 'e2e-b', deviceIds: [] }] }] },
    /e2e-b vm-2 on host-1 .* should not be there/,
  ],
  ['a VM without a domain', { hosts: [{ ...host!, domains: [] }] }, /e2e-a vm-1 on host-1 .* is missing/],
  [
    'a domain without its disk',
    { hosts: [{ ...host!, domains: [{ uuid: 'vm-1', name: 'e2e-a', deviceIds: [] }] }] },
    /e2e-a vm-1 on host-1 with devices \[\] should not/,
  ],
  [
    'a domain with an interface that is not plugged in',
    { hosts: [{ ...host!, domains: [{ uuid: 'vm-1', name: 'e2e-a', deviceIds: ['disk-1', 'nic-1', 'nic-2'] }] }] },
    /e2e-a vm-1 on host-1 with devices \[disk-1 nic-1 nic-2\] should not/,
  ],
  [
    'a locked interface',
    { database: { ...database, nics: database.nics.map((nic) => ({ ...nic, status: 'locked' })) } },
    /interface nic1 of VM vm-1 is locked/,
  ],
  ['an image that nobody has open', { ceph: { ...ceph, watchers: new Map() } }, /disk used is open 0 times/],
  [
    'an image that somebody else has open',
    { ceph: { ...ceph, watchers: new Map([...ceph.watchers, ['volume-2', ['10.0.0.9:0/1']]]) } },
    /disk idle is open 1 times/,
  ],
  ['a host without the key', { hosts: [{ ...host!, secrets: [] }] }, /secret on host-1: key-1 is missing/],
  ['a host with a key too many', { hosts: [{ ...host!, secrets: ['key-1', 'old'] }] }, /secret on host-1: old should not/],
];

describe('the findings of an audit', () => {
  it('are none when all agree', () => {
    expect(findings(world())).toEqual([]);
  });

  it.each(disagreements)('show %s', (_what, changes, expected) => {
    expect(findings({ ...world(), ...changes }).join('\n')).toMatch(expected);
  });
});
