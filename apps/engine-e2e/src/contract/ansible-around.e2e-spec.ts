import { randomUUID } from 'node:crypto';
import { FAMILIES, SdkClient, itemsIn, searchFor, textAt } from './sdk.client';

jest.setTimeout(60_000);

/** The modules of the Ansible collection that are about what is around VMs; each state twice, as a playbook that is run again. */
describe('the Ansible collection, around VMs', () => {
  const sdk = new SdkClient(FAMILIES.python);
  const run = randomUUID().slice(0, 8);
  const named = (kind: string) => `e2e-${kind}-${run}`;
  const made: string[] = [];

  beforeAll(() => sdk.logIn());
  afterAll(async () => {
    for (const path of made.reverse()) await sdk.statusOf('DELETE', path);
    await sdk.logOut();
    await sdk.close();
  });

  async function add(path: string, xml: string): Promise<string> {
    const { body } = await sdk.add(path, xml);
    made.push(`${path.replace(/\?.*/, '')}/${textAt(body, 'id')}`);
    return made.at(-1)!;
  }

  it('declares a data center, a cluster and a network, and finds them as declared', async () => {
    const version = '<version><major>4</major><minor>4</minor></version>';
    const pool = `<name>${named('mac')}</name><ranges><range><from>00:16:01:00:00:00</from><to>00:16:01:00:00:ff</to></range></ranges>`;
    const macPool = await add('/macpools', `<mac_pool><allow_duplicates>false</allow_duplicates>${pool}</mac_pool>`);
    const dataCenter = await add(
      '/datacenters',
      `<data_center><local>false</local><name>${named('dc')}</name><quota_mode>audit</quota_mode>${version}</data_center>`,
    );
    expect((await sdk.get(dataCenter)).body).toMatchObject({ quota_mode: 'audit', version: { major: '4', minor: '4' } });
    const declared =
      '<ballooning_enabled>true</ballooning_enabled><cpu><type>Intel Nehalem Family</type></cpu><ksm><enabled>true</enabled></ksm>' +
      '<memory_policy><over_commit><percent>150</percent></over_commit></memory_policy><migration><policy ' +
      `id="80554327-0569-496b-bdeb-fcbbf52b827b"/></migration>${version}`;
    const cluster = await add(
      '/clusters',
      `<cluster><data_center><name>${named('dc')}</name></data_center><name>${named('cl')}</name>${declared}</cluster>`,
    );
    await sdk.update(cluster, `<cluster><mac_pool id="${macPool.split('/')[2]}"/>${declared}</cluster>`);
    expect((await sdk.get(cluster)).body).toMatchObject({
      ballooning_enabled: 'true',
      cpu: { type: 'Intel Nehalem Family' },
      ksm: { enabled: 'true' },
      mac_pool: { id: macPool.split('/')[2] },
      memory_policy: { over_commit: { percent: '150' } },
      version: { minor: '4' },
    });
    const network = await add(
      '/networks',
      `<network><data_center><name>${named('dc')}</name></data_center><mtu>1400</mtu><name>${named('net')}</name>` +
        '<usages><usage>vm</usage></usages><vlan id="10"/></network>',
    );
    const inCluster = `${cluster}/networks/${network.split('/')[2]}`;
    await sdk.update(inCluster, '<network><required>true</required><usages><usage>vm</usage></usages></network>');
    const search = searchFor(`name="${named('net')}" and datacenter="${named('dc')}"`);
    expect(itemsIn((await sdk.get(`/networks${search}`)).body, 'network').map((one) => textAt(one, 'vlan.id'))).toEqual(['10']);
  });

  it('declares an instance type', async () => {
    const memory =
      '<memory>1073741824</memory><memory_policy><ballooning>false</ballooning><guaranteed>536870912</guaranteed></memory_policy>';
    const os = '<os><boot><devices><device>network</device><device>hd</device></devices></boot><type>rhel_7x64</type></os>';
    const type = await add('/instancetypes', `<instance_type>${memory}<name>${named('type')}</name>${os}</instance_type>`);
    expect((await sdk.get(type)).body).toMatchObject({
      memory_policy: { ballooning: 'false', guaranteed: '536870912' },
      os: { boot: { devices: { device: ['network', 'hd'] } }, type: 'rhel_7x64' },
    });
  });

  it('ends a job of its own with its steps (ovirt_job)', async () => {
    const job = (await sdk.add('/jobs', `<job><auto_cleared>true</auto_cleared><description>${named('job')}</description></job>`)).body;
    const path = `/jobs/${textAt(job, 'id')}`;
    await sdk.add(`${path}/steps`, `<step><description>one</description><job id="${textAt(job, 'id')}"/><type>unknown</type></step>`);
    await sdk.act(`${path}/end`, '<action><succeeded>true</succeeded></action>');
    expect(textAt((await sdk.get(path)).body, 'status')).toBe('finished');
  });

  const clusterNamed = async (name: string): Promise<string> =>
    textAt(itemsIn((await sdk.get(`/clusters${searchFor(`name="${name}"`)}`)).body, 'cluster')[0]!, 'id');

  it('declares an affinity group (ovirt_affinity_group)', async () => {
    const groups = `/clusters/${await clusterNamed('Default')}/affinitygroups`;
    const vm = await add(
      '/vms',
      `<vm><name>${named('vm')}</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>`,
    );
    const rule = '<enforcing>true</enforcing><positive>false</positive>';
    const rules = `<hosts_rule><enabled>false</enabled></hosts_rule><vms_rule>${rule}</vms_rule>`;
    const group = await add(groups, `<affinity_group><description>d</description><name>${named('ag')}</name>${rules}</affinity_group>`);
    await sdk.add(`${group}/vms`, `<vm id="${vm.split('/')[2]}"/>`);
    const { body } = await sdk.get(group);
    expect(body).toMatchObject({ enforcing: 'true', positive: 'false', vms_rule: { enabled: 'true' }, hosts_rule: { enabled: 'false' } });
    expect(itemsIn((await sdk.get(`${group}/vms`)).body, 'vm').map((one) => textAt(one, 'id'))).toEqual([vm.split('/')[2]]);
    await sdk.remove(`${group}/vms/${vm.split('/')[2]}`);
    expect(itemsIn((await sdk.get(groups)).body, 'affinity_group').map((one) => textAt(one, 'name'))).toContain(named('ag'));
  });

  it('is told why there are no fence agents and labels', async () => {
    const host = textAt(itemsIn((await sdk.get('/hosts')).body, 'host')[0]!, 'id');
    for (const [path, element] of [
      ['/affinitylabels', 'affinity_label'],
      [`/hosts/${host}/fenceagents`, 'agent'],
    ] as const) {
      expect(itemsIn((await sdk.get(path)).body, element)).toEqual([]);
      expect(await sdk.statusOf('POST', path, `<${element}><name>a</name></${element}>`)).toBe(400);
      expect(await sdk.statusOf('GET', `${path}/${randomUUID()}`)).toBe(404);
    }
  });
});

/** Foreman's library adds the data center and the page behind whatever is searched for, without `and`. */
it('Foreman finds VMs page by page', async () => {
  const sdk = new SdkClient(FAMILIES.ruby);
  await sdk.logIn();
  try {
    for (const search of [' page 1', ' datacenter=Default page 1', 'name=* datacenter=Default page 1'])
      await sdk.get(`/vms${searchFor(search, { all_content: 'true' })}`, { 'All-Content': 'true' });
  } finally {
    await sdk.logOut();
    await sdk.close();
  }
});
