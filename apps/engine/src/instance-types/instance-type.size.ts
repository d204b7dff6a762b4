import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { findRow } from '../database/row.access';
import { InstanceType } from './instance-type.entity';

/** What of a VM an instance type says. */
interface Size {
  readonly memory?: number | undefined;
  readonly cpu?: { readonly topology?: object | undefined } | undefined;
}

/** The instance type that a client names; undefined if it names none. @throws NotFoundError */
export async function findInstanceType(db: EntityManager, named: ReferenceInput | undefined): Promise<InstanceType | undefined> {
  if (!named) return undefined;
  const { id, name = '' } = named;
  return findRow(db, InstanceType, 'Instance Type', id === undefined ? { name } : { id });
}

/** A request with the memory and processors of an instance type in it, where it says nothing of them itself. */
export function withSizeOf<Input extends Size>(type: InstanceType | undefined, input: Input): Input {
  if (!type) return input;
  const { memory, sockets, cores, threads } = type;
  const topology = { sockets, cores, threads, ...input.cpu?.topology };
  return { ...input, memory: input.memory ?? memory, cpu: { ...input.cpu, topology } };
}
