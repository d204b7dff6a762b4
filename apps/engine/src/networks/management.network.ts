import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Network } from './network.entity';
import { VnicProfile } from './vnic-profile.entity';

/** oVirt's name of the network that each data center has from the start. */
const NAME = 'ovirtmgmt';

/** Gives a data center its management network and that network's profile, if it has none. Safe to run at any time, by several engines. */
export async function ensureManagementNetwork(db: EntityManager, dataCenterId: string): Promise<void> {
  const id = randomUUID();
  const row = { id, name: NAME, description: 'Management Network', dataCenterId, management: true };
  await db.createQueryBuilder().insert().into(Network).values(row).orIgnore().execute();
  if (await db.existsBy(Network, { id })) await db.insert(VnicProfile, { id: randomUUID(), name: NAME, networkId: id });
}
