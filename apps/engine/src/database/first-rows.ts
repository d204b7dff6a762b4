import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { hashPassword } from '../accounts/password-hash';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import { ensureManagementNetwork } from '../networks/management.network';
import { ensurePermissions } from '../permissions/first.permissions';
import { BLANK_TEMPLATE_ID, Template } from '../templates/template.entity';
import { Installation } from './installation.entity';

const insert = <T extends object>(db: EntityManager, entity: new () => T, row: object) =>
  db.createQueryBuilder().insert().into(entity).values(row).orIgnore().execute();

/**
 * What exists from the start: the installation's id, the `Default` data center and cluster, the `Blank` template and `admin@internal`.
 * Safe to run at every start, by several engines; nothing that exists is changed.
 */
export async function ensureFirstRows(db: EntityManager, adminPassword: string): Promise<void> {
  await insert(db, Installation, { id: randomUUID(), secretsVersion: 0 });
  await insert(db, DataCenter, { id: randomUUID(), name: 'Default', description: 'The default Data Center', comment: '' });
  const { id: dataCenterId } = await db.findOneByOrFail(DataCenter, { name: 'Default' });
  await ensureManagementNetwork(db, dataCenterId);
  await insert(db, Cluster, {
    id: randomUUID(),
    name: 'Default',
    description: 'The default server cluster',
    comment: '',
    dataCenterId,
    cpuArchitecture: 'x86_64',
  });
  await insert(db, Template, {
    id: BLANK_TEMPLATE_ID,
    baseTemplateId: BLANK_TEMPLATE_ID,
    name: 'Blank',
    description: 'Blank template',
    comment: '',
    status: 'ok',
  });
  await ensureAdmin(db, adminPassword);
  await ensurePermissions(db);
}

async function ensureAdmin(db: EntityManager, password: string): Promise<void> {
  if (await db.existsBy(Account, { userName: 'admin', domain: 'internal' })) return;
  await insert(db, Account, {
    id: randomUUID(),
    userName: 'admin',
    name: 'admin',
    domain: 'internal',
    passwordHash: await hashPassword(password),
  });
}
