import { inspect } from 'node:util';
import { attachmentSchema, cinderTime, limitsSchema, poolSchema, quotaSetSchema, volumeSchema } from './cinder.schemas';

/** As Cinder 21.3 gives it at API 3.70. */
const wireVolume = {
  id: 'f0a5a1b0-5c3d-4f6a-9c2f-0a5d1b7e3c11',
  status: 'available',
  size: 3,
  availability_zone: 'nova',
  created_at: '2026-11-21T07:35:00.123456',
  updated_at: '2026-11-21T07:35:01.654321',
  name: 'disk',
  description: null,
  volume_type: 'ceph',
  volume_type_id: 'a1',
  snapshot_id: null,
  source_volid: null,
  metadata: { clinker_disk_id: 'd1' },
  links: [],
  user_id: 'u',
  bootable: 'false',
  encrypted: false,
  replication_status: null,
  consistencygroup_id: null,
  multiattach: false,
  attachments: [],
  a_field_of_the_future: { x: 1 },
};

describe('volumes', () => {
  it('are read with our names and units', () => {
    expect(volumeSchema.parse(wireVolume)).toMatchObject({
      sizeGiB: 3,
      volumeType: 'ceph',
      bootable: false,
      metadata: { clinker_disk_id: 'd1' },
      createdAt: new Date('2026-11-21T07:35:00.123Z'),
      updatedAt: new Date('2026-11-21T07:35:01.654Z'),
    });
  });

  it('that were never changed have no time of change', () =>
    expect(volumeSchema.parse({ ...wireVolume, updated_at: null }).updatedAt).toBeNull());

  it.each(['id', 'status', 'size', 'created_at'])('without %s are refused', (field) => {
    expect(volumeSchema.safeParse({ ...wireVolume, [field]: undefined }).success).toBe(false);
  });

  it('with a time that is none are refused', () =>
    expect(volumeSchema.safeParse({ ...wireVolume, created_at: 'yesterday' }).success).toBe(false));
});

describe('times', () => {
  it('are UTC when nothing is said', () => expect(cinderTime('2026-11-21T07:35:00.5').toISOString()).toBe('2026-11-21T07:35:00.500Z'));
  it('are taken at their word otherwise', () =>
    expect(cinderTime('2026-11-21T07:35:00+02:00').toISOString()).toBe('2026-11-21T05:35:00.000Z'));
});

describe('limits and quotas', () => {
  const limits = { maxTotalVolumes: -1, totalVolumesUsed: 4, maxTotalVolumeGigabytes: 1000, totalGigabytesUsed: 40, maxTotalSnapshots: 10 };
  it('of -1 are unlimited, and unknown use is null', () => {
    expect(limitsSchema.parse(limits)).toEqual({
      volumes: { max: null, used: 4 },
      gigabytes: { max: 1000, used: 40 },
      snapshots: { max: 10, used: null },
    });
  });

  it('come by name, without the id that Cinder puts among them', () => {
    const set = quotaSetSchema.parse({ id: 'p1', per_volume_gigabytes: { limit: -1, in_use: 0, reserved: 0, allocated: 0 } });
    expect([...set]).toEqual([['per_volume_gigabytes', { max: null, used: 0, reserved: 0 }]]);
  });
});

describe('pools', () => {
  it.each([
    ['infinite', Infinity],
    ['unknown', null],
    [12.5, 12.5],
  ])('with %s GiB have %s', (given, expected) => {
    const capabilities = { volume_backend_name: 'ceph', total_capacity_gb: given, free_capacity_gb: given, multiattach: true };
    expect(poolSchema.parse({ name: 'h@ceph#ceph', capabilities })).toMatchObject({
      totalGiB: expected,
      freeGiB: expected,
      multiattach: true,
    });
  });
});

describe('attachments', () => {
  const wire = {
    id: 'a',
    status: 'reserved',
    volume_id: 'v',
    instance: 'i',
    attach_mode: 'null',
    attached_at: '',
    detached_at: '',
    connection_info: {},
  };

  it('without a connector have no connection', () => {
    expect(attachmentSchema.parse(wire)).toEqual({
      id: 'a',
      status: 'reserved',
      volumeId: 'v',
      instanceId: 'i',
      mode: null,
      attachedAt: null,
      connectionInfo: null,
    });
  });

  it('to rbd have monitors, user and secret id, and keep what we do not know', () => {
    const connection = {
      driver_volume_type: 'rbd',
      name: 'volumes/volume-1',
      hosts: ['10.77.0.11', 'fd00::1'],
      ports: ['6789', 6789],
      new_field: [1],
    };
    const { connectionInfo } = attachmentSchema.parse({ ...wire, connection_info: connection });
    expect(connectionInfo).toMatchObject({
      name: 'volumes/volume-1',
      hosts: ['10.77.0.11', 'fd00::1'],
      ports: ['6789', '6789'],
      new_field: [1],
    });
  });

  it('with a broken connection are refused', () => {
    expect(attachmentSchema.safeParse({ ...wire, connection_info: { driver_volume_type: 'rbd', hosts: 'one' } }).success).toBe(false);
  });

  it('do not show their secrets when printed, but keep them in JSON for the host', () => {
    const secrets = {
      auth_password: 'chap-secret',
      keyring: 'ceph-secret',
      discovery_auth_password: 'chap-too',
      secret_uuid: 'shown-uuid',
    };
    const attachment = attachmentSchema.parse({ ...wire, connection_info: { driver_volume_type: 'iscsi', ...secrets } });
    const printed = inspect(attachment, { depth: null, showHidden: true });
    ['chap-secret', 'ceph-secret', 'chap-too'].forEach((secret) => expect(printed).not.toContain(secret));
    expect(printed).toContain('shown-uuid');
    expect(JSON.stringify(attachment)).toContain('chap-secret');
  });
});
