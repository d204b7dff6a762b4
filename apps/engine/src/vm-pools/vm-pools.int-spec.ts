import { randomUUID } from 'node:crypto';
import type { Client } from '../testing/running-engine';
import { FlowsFixture } from '../testing/flows.fixture';
import { Vm } from '../vms/vm.entity';

jest.setTimeout(180_000);

const PASSWORD = 'not-a-secret-1';

let flows: FlowsFixture;

beforeAll(async () => {
  flows = await FlowsFixture.start();
});
afterAll(() => flows?.close());

/** Somebody who may use a pool. */
async function userOf(poolId: string): Promise<Client & { id: string }> {
  const name = `u-${randomUUID()}`;
  const body = `<user><user_name>${name}@internal-authz</user_name><domain><name>internal-authz</name></domain><password>${PASSWORD}</password></user>`;
  const { id } = await flows.engine.ask('POST', '/users', body);
  const permission = `<permission><role><name>UserRole</name></role><user id="${id}"/></permission>`;
  expect((await flows.engine.ask('POST', `/vmpools/${poolId}/permissions`, permission)).status).toBe(201);
  return { id, login: `${name}@internal`, password: PASSWORD };
}

const allocate = (poolId: string, user: Client) => flows.engine.ask('POST', `/vmpools/${poolId}/allocatevm`, '<action/>', user);
const vmIn = ({ text }: { text: string }) => /<vm [^>]*id="([^"]+)"/.exec(text)?.[1];
/** VMs that run already are given as they are: no host is needed. */
const run = (poolId: string, isUp: boolean) =>
  flows.engine.db.update(Vm, { vmPoolId: poolId }, { status: isUp ? 'up' : 'down', hasRun: isUp });
const users = (poolId: string) =>
  flows.engine.db.query<{ vmId: string; accountId: string }[]>(
    'SELECT vm_id AS "vmId", account_id AS "accountId" FROM vm_pool_user JOIN vm ON vm.id = vm_id WHERE vm_pool_id = $1',
    [poolId],
  );
const notReturning = () => flows.until('every VM is back', async () => !(await flows.engine.db.existsBy(Vm, { hasRun: true })));

describe('a VM of a pool', () => {
  it('is named with its number in the place of the mask', async () => {
    const vms = await flows.engine.db.find(Vm, { where: { vmPoolId: flows.ids.pool }, order: { name: 'ASC' } });
    expect(vms.map(({ name, stateless }) => [name, stateless])).toEqual([
      ['desk-01', true],
      ['desk-02', true],
    ]);
  });

  it('is given to one user only, however many ask at once, and to none more than he may have', async () => {
    const { pool } = flows.ids;
    await run(pool, true);
    const [first, second, third] = [await userOf(pool), await userOf(pool), await userOf(pool)];
    const greedy = await Promise.all([allocate(pool, first), allocate(pool, first), allocate(pool, second)]);
    expect(greedy.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    const refused = greedy.find(({ status }) => status === 409)!;
    expect(refused.text).toContain('which is the maximum');
    const given = greedy.flatMap((answer) => vmIn(answer) ?? []);
    expect(new Set(given).size).toBe(2);
    expect((await users(pool)).map(({ accountId }) => accountId).sort()).toEqual([first.id, second.id].sort());
    const late = await allocate(pool, third);
    expect({ status: late.status, text: late.text }).toEqual({
      status: 409,
      text: expect.stringContaining('There are no available VMs') as string,
    });
    await run(pool, false);
    await flows.engine.db.query('DELETE FROM vm_pool_user');
  });

  it('of a manual pool is somebody’s until his permission for it is taken away', async () => {
    const body = `<vm_pool><name>own</name><type>manual</type><stateful>true</stateful><cluster><name>Default</name></cluster><template id="${flows.ids.golden}"/></vm_pool>`;
    const { id: pool } = await flows.engine.ask('POST', '/vmpools', body);
    await flows.until('its VM is there', () => flows.engine.db.existsBy(Vm, { vmPoolId: pool, status: 'down' }));
    const [user, other] = [await userOf(pool), await userOf(pool)];
    await run(pool, true);
    const vmId = vmIn(await allocate(pool, user))!;
    await run(pool, false);
    await flows.engine.db.update(Vm, { id: vmId }, { hasRun: true });
    await notReturning();
    expect(await users(pool)).toEqual([{ vmId, accountId: user.id }]);
    await run(pool, true);
    expect((await allocate(pool, other)).status).toBe(409);

    const permissions = await flows.engine.ask('GET', `/vms/${vmId}/permissions`);
    const own = permissions.text.split('<permission ').find((one) => one.includes(user.id) && one.includes('<vm '))!;
    const permissionId = / id="([^"]+)"/.exec(` ${own}`)?.[1];
    expect((await flows.engine.ask('DELETE', `/vms/${vmId}/permissions/${permissionId}`)).status).toBe(200);
    await flows.until('nobody has it', async () => (await users(pool)).length === 0);
    expect(vmIn(await allocate(pool, other))).toBe(vmId);
    await run(pool, false);
  });

  it('that is down leaves its pool, and is a VM as others are: with snapshots, and removed by itself', async () => {
    const { member, pool } = flows.ids;
    await notReturning();
    await flows.engine.ask('PUT', `/vmpools/${pool}`, '<vm_pool><prestarted_vms>0</prestarted_vms></vm_pool>');
    expect((await flows.engine.ask('POST', `/vms/${member}/detach`, '<action/>')).status).toBe(200);
    const shownPool = (await flows.engine.ask('GET', `/vmpools/${pool}`)).text;
    expect(shownPool).toContain('<size>1</size>');
    expect(shownPool).toMatch(/<vm>.*<sso><methods>.*<\/vm>/);
    const shown = (await flows.engine.ask('GET', `/vms/${member}`)).text;
    expect(shown).toContain('<stateless>false</stateless>');
    expect(shown).not.toContain('<vm_pool ');
    expect(await flows.engine.db.query('SELECT FROM vm_pool_disk WHERE disk_id = $1', [flows.ids.memberDisk])).toEqual([]);
    const again = await flows.engine.ask('POST', `/vms/${member}/detach`, '<action/>');
    expect({ status: again.status, text: again.text }).toEqual({
      status: 409,
      text: expect.stringContaining('VM is not attached to the VM-Pool') as string,
    });
    expect((await flows.engine.ask('DELETE', `/vms/${member}`)).status).toBe(200);
    await flows.until('it is gone', async () => !(await flows.engine.db.existsBy(Vm, { id: member })));
  });
});
