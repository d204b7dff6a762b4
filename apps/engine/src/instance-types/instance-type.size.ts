import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { findRow, referred } from '../database/row.access';
import { InstanceType } from './instance-type.entity';

/** What of a VM an instance type says, and how a request names one. */
interface Sized {
  readonly instance_type?: ReferenceInput | undefined;
  readonly memory?: number | undefined;
  readonly cpu?: { readonly topology?: object | undefined } | undefined;
  readonly high_availability?: object | undefined;
}

const find = (db: EntityManager, { id, name = '' }: ReferenceInput): Promise<InstanceType> =>
  findRow(db, InstanceType, 'Instance Type', referred({ id, name }));

/**
 * A request with the memory and processors of the instance type that it names, where it says nothing of them itself; and with its high
 * availability, if it has one.
 * @param now id of the type that the VM has: naming it once more changes nothing
 * @returns the request, and the id of the type that the VM has then
 * @throws NotFoundError
 */
export async function withSizeOfType<Input extends Sized>(
  db: EntityManager,
  input: Input,
  now: string | null = null,
): Promise<{ sized: Input; instanceTypeId: string | null }> {
  const type = input.instance_type && (await find(db, input.instance_type));
  if (!type || type.id === now) return { sized: input, instanceTypeId: now };
  const { memory, sockets, cores, threads, highlyAvailable: enabled, haPriority: priority } = type;
  const topology = { sockets, cores, threads, ...input.cpu?.topology };
  const availability = enabled ? { high_availability: { enabled, priority, ...input.high_availability } } : {};
  const size = { memory: input.memory ?? memory, cpu: { ...input.cpu, topology } };
  return { sized: { ...input, ...size, ...availability }, instanceTypeId: type.id };
}
