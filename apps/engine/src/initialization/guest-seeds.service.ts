import type { Seed } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { z } from 'zod';
import { SecretBox } from '../encryption/secret-box';
import { Nic } from '../networks/nic.entity';
import { Vm } from '../vms/vm.entity';
import type { Initialization } from './initialization.input';
import { openInitialization } from './kept.initialization';
import { RunInitialization } from './run-initialization.entity';
import { seedDocuments } from './seed.documents';

/** How a run is to be initialized. */
export const askedInitializationSchema = z.object({
  /** Whether it is at all. Absent: if it is the first one and there is something to say. */
  wanted: z.boolean().optional(),
  /** Names what was given for this run only. */
  runInitializationId: z.string().optional(),
});

export type AskedInitialization = z.output<typeof askedInitializationSchema>;

const place = (id: string) => ({ table: 'run_initialization', id, column: 'sealed' });

/** Windows has sysprep for this; a seed by itself would only be a strange disc. */
const isWindows = ({ osType }: Vm): boolean => osType.startsWith('windows');

/** What guests get to know when they are started. */
@Injectable()
export class GuestSeeds {
  constructor(
    private readonly db: EntityManager,
    private readonly box: SecretBox,
  ) {}

  /** Keeps what was given for the next run only. @returns its id */
  async keepForRun(tx: EntityManager, vmId: string, initialization: Initialization): Promise<string> {
    const id = randomUUID();
    await tx.insert(RunInitialization, { id, vmId, sealed: this.box.seal(JSON.stringify(initialization), place(id)) });
    return id;
  }

  /** The documents for a run; undefined if it gets none. The same whenever it is asked during one start. */
  async of(vm: Vm, runId: string, { wanted, runInitializationId }: AskedInitialization): Promise<Seed | undefined> {
    if (!(wanted ?? (!vm.initialized && !isWindows(vm)))) return undefined;
    const initialization =
      runInitializationId === undefined ? openInitialization(this.box, vm.initialization) : await this.forRun(runInitializationId);
    if (Object.keys(initialization).length === 0) return undefined;
    const nics = await this.db.find(Nic, { where: { vmId: vm.id, plugged: true }, order: { name: 'ASC' } });
    return seedDocuments(initialization, { runId, macs: nics.map(({ mac }) => mac) });
  }

  private async forRun(id: string): Promise<Initialization> {
    const { sealed } = await this.db.findOneByOrFail(RunInitialization, { id });
    return JSON.parse(this.box.open(sealed, place(id))) as Initialization;
  }
}
