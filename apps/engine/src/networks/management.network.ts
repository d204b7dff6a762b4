import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { permitEverybody } from '../permissions/creator.permission';
import { Network } from './network.entity';
import { VnicProfile } from './vnic-profile.entity';

/** oVirt's name of the network that each data center has from the start. */
const NAME = 'ovirtmgmt';

/** Gives a data center its management network and that network's profile, if it has none. Safe to run at any time, by several engines. */
export async function ensureManagementNetwork(db: EntityManager, dataCenterId: string): Promise<void> {
  const id = randomUUID();
  const row = { id, name: NAME, description: 'Management Network', dataCenterId, management: true };
  await db.createQueryBuilder().insert().into(Network).values(row).orIgnore().execute();
  if (await db.existsBy(Network, { id })) await addProfileForAll(db, NAME, id);
}

/** Gives a network the profile that comes with it: everybody may use it, as in oVirt. */
export async function addProfileForAll(db: EntityManager, name: string, networkId: string): Promise<void> {
  const id = randomUUID();
  await db.insert(VnicProfile, { id, name, networkId });
  await permitEverybody(db, 'vnic_profile', id);
}
