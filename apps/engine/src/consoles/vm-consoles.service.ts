import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import { displayAddress } from './vm.display';

/** oVirt's protocols of graphics consoles, by their id: the protocol's name in hexadecimal. */
const PROTOCOLS = ['vnc', 'spice'] as const;

export type ConsoleProtocol = (typeof PROTOCOLS)[number];

export const consoleId = (protocol: ConsoleProtocol): string => Buffer.from(protocol).toString('hex');

export interface VmConsole {
  readonly protocol: ConsoleProtocol;
  /** Where clients reach it now, as members of the wire. */
  readonly address: WireObject;
}

/** Every guest has a VNC display. Which consoles a client has asked for is kept like the settings that change nothing. */
const protocolsOf = ({ unapplied }: Vm): readonly ConsoleProtocol[] => {
  const { graphics_consoles: kept } = unapplied as { readonly graphics_consoles?: readonly string[] };
  return kept === undefined ? ['vnc'] : PROTOCOLS.filter((protocol) => kept.includes(protocol));
};

const consolesOf = (vm: Vm): VmConsole[] =>
  protocolsOf(vm).map((protocol) => ({ protocol, address: protocol === 'vnc' ? displayAddress(vm) : {} }));

/** The graphics consoles of VMs, as clients declare them. */
@Injectable()
export class VmConsolesService {
  constructor(private readonly db: EntityManager) {}

  /** The consoles of these VMs, by the VM's id. */
  async ofVms(ids: readonly string[]): Promise<Map<string, VmConsole[]>> {
    return new Map((await rowsByIds(this.db, Vm, ids)).map((vm) => [vm.id, consolesOf(vm)]));
  }

  /** @throws NotFoundError */
  async list(vmId: string): Promise<VmConsole[]> {
    const found = (await this.ofVms([vmId])).get(vmId);
    if (!found) throw new NotFoundError('VM', vmId);
    return found;
  }

  /** @throws NotFoundError */
  async get(vmId: string, id: string): Promise<VmConsole> {
    const consoles = await this.list(vmId);
    const protocol = one(
      consoles.map((console) => console.protocol),
      id,
    );
    return consoles.find((console) => console.protocol === protocol)!;
  }

  /** @throws NotFoundError, ConflictError */
  async add(vmId: string, protocol: ConsoleProtocol): Promise<void> {
    await this.change(vmId, (now, name) => {
      if (now.includes(protocol)) throw new ConflictError(`Cannot add Graphics Console. VM ${name} has one of ${protocol}.`);
      return [...now, protocol];
    });
  }

  /** @throws NotFoundError */
  async remove(vmId: string, id: string): Promise<void> {
    await this.change(vmId, (now) => {
      const gone = one(now, id);
      return now.filter((protocol) => protocol !== gone);
    });
  }

  private async change(vmId: string, next: (now: readonly ConsoleProtocol[], name: string) => ConsoleProtocol[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      const vm = await lockVm(tx, vmId);
      await tx.update(Vm, { id: vmId }, { unapplied: { ...vm.unapplied, graphics_consoles: next(protocolsOf(vm), vm.name) } });
    });
  }
}

function one(consoles: readonly ConsoleProtocol[], id: string): ConsoleProtocol {
  const found = consoles.find((protocol) => consoleId(protocol) === id.toLowerCase());
  if (!found) throw new NotFoundError('Graphics Console', id);
  return found;
}
