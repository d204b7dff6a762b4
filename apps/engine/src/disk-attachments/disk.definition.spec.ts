import type { ConnectionInfo } from '@clinker/cinder';
import { diskDefinitionSchema } from '@clinker/agent-protocol';
import { BackendError, UnsupportedError } from '../errors/domain.errors';
import { NO_LIMITS } from '../qoss/qos.limits';
import { type DiskParts, diskDefinition } from './disk.definition';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const info = (changes: object = {}): ConnectionInfo => ({
  driver_volume_type: 'rbd',
  name: `volumes/volume-${id(2)}`,
  hosts: ['10.0.0.1', 'fd00::2', 'mon-c'],
  ports: ['6789', '3300', '6790'],
  auth_enabled: true,
  auth_username: 'cinder',
  secret_uuid: id(3),
  ...changes,
});

const parts = (connectionInfo: ConnectionInfo): DiskParts =>
  ({
    disk: { id: id(1), name: 'web', volumeId: id(2), provisionedSize: 1024 ** 3, shareable: false, propagateErrors: false },
    attachment: { interface: 'virtio_scsi', readOnly: false, passDiscard: true },
    connectionInfo,
    providerId: id(4),
    bootOrder: 1,
    qos: null,
  }) as DiskParts;

describe('diskDefinition', () => {
  it('names every monitor, and a port only where it is not the usual one', () => {
    const definition = diskDefinitionSchema.parse(diskDefinition(parts(info())));
    expect(definition.source.monitors).toEqual([
      { host: '10.0.0.1', port: null },
      { host: 'fd00::2', port: null },
      { host: 'mon-c', port: 6790 },
    ]);
    expect(definition.source).toMatchObject({ user: 'cinder', secretUuid: id(3), clusterId: id(4) });
  });

  it('is limited by its profile', () => {
    const qos = { ...NO_LIMITS, maxThroughput: 1 };
    expect(diskDefinitionSchema.parse(diskDefinition({ ...parts(info()), qos })).ioLimits).toEqual({ total_bytes_sec: 1024 ** 2 });
    expect(diskDefinition(parts(info()))).not.toHaveProperty('ioLimits');
  });

  it('leaves user and secret out where the cluster wants none', () => {
    expect(diskDefinition(parts(info({ auth_enabled: false }))).source).toMatchObject({ user: null, secretUuid: null });
  });

  it.each([
    ['hosts and ports that differ in number', { ports: ['6789'] }, BackendError],
    ['no hosts', { hosts: [], ports: [] }, BackendError],
    ['no image', { name: null }, BackendError],
    ['another driver', { driver_volume_type: 'iscsi' }, UnsupportedError],
  ])('refuses %s', (_what, changes, error) => {
    expect(() => diskDefinition(parts(info(changes)))).toThrow(error);
  });
});
