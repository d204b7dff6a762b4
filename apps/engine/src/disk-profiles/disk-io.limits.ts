import type { DiskDefinition } from '@clinker/agent-protocol';
import type { ConnectionInfo } from '@clinker/cinder';
import type { EntityManager } from 'typeorm';
import { Qos } from '../qoss/qos.entity';
import type { QosLimits } from '../qoss/qos.limits';

/** Limits by libvirt's names of them, which are those of Cinder's front-end QoS as well. */
type IoLimits = NonNullable<DiskDefinition['ioLimits']>;

const MIB = 1024 ** 2;
const BYTES = ['total_bytes_sec', 'read_bytes_sec', 'write_bytes_sec'] as const;
const OPERATIONS = ['total_iops_sec', 'read_iops_sec', 'write_iops_sec'] as const;

/** The QoS of a disk's profile; null if nothing limits it. */
export function qosOfProfile(db: EntityManager, diskProfileId: string | null): Promise<Qos | null> {
  if (diskProfileId === null) return Promise.resolve(null);
  return db
    .createQueryBuilder(Qos, 'qos')
    .innerJoin('disk_profile', 'profile', 'profile.qos_id = qos.id')
    .where('profile.id = :diskProfileId', { diskProfileId })
    .getOne();
}

const ours = (qos: QosLimits): Record<keyof IoLimits, number | null> => ({
  total_bytes_sec: qos.maxThroughput && qos.maxThroughput * MIB,
  read_bytes_sec: qos.maxReadThroughput && qos.maxReadThroughput * MIB,
  write_bytes_sec: qos.maxWriteThroughput && qos.maxWriteThroughput * MIB,
  total_iops_sec: qos.maxIops,
  read_iops_sec: qos.maxReadIops,
  write_iops_sec: qos.maxWriteIops,
});

const picked = (names: readonly (keyof IoLimits)[], valueOf: (name: keyof IoLimits) => unknown): IoLimits =>
  Object.fromEntries(
    names.map((name) => [name, Number(valueOf(name))] as const).filter(([, value]) => Number.isSafeInteger(value) && value > 0),
  );

/** libvirt takes no total beside its parts; who wrote both into a volume type meant the total. */
function cinders(names: readonly (keyof IoLimits)[], specs: ConnectionInfo['qos_specs']): IoLimits {
  const limits = picked(names, (name) => specs?.[name]);
  const [total] = names;
  return total && limits[total] ? { [total]: limits[total] } : limits;
}

/**
 * What a disk may do in a second. Of throughput and of operations each, the disk's profile counts if it says anything, else the front-end QoS
 * of the volume's type in Cinder, which whoever uses the volume has to enforce.
 */
export function ioLimits(qos: QosLimits | null, { qos_specs }: Pick<ConnectionInfo, 'qos_specs'>): IoLimits | undefined {
  const own = qos && ours(qos);
  const limits = [BYTES, OPERATIONS].map((names) => {
    const profile = own ? picked(names, (name) => own[name]) : {};
    return Object.keys(profile).length > 0 ? profile : cinders(names, qos_specs);
  });
  const all: IoLimits = { ...limits[0], ...limits[1] };
  return Object.keys(all).length > 0 ? all : undefined;
}
