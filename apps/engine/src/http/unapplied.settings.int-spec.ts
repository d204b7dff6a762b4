import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';

let engine: RunningEngine;
const containing = (text: string) => expect.stringContaining(text) as string;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});
afterAll(async () => engine?.close());

/** What the modules of Ansible's collection declare: a second run of the same task must find nothing to change. */
const DECLARED = {
  clusters: {
    element: 'cluster',
    given:
      '<ballooning_enabled>true</ballooning_enabled><cpu><type>Intel Nehalem Family</type></cpu><display><proxy>http://p:1</proxy></display>' +
      '<ha_reservation>true</ha_reservation><ksm><enabled>true</enabled></ksm><maintenance_reason_required>true</maintenance_reason_required>' +
      '<memory_policy><over_commit><percent>150</percent></over_commit></memory_policy><migration><bandwidth><assignment_method>custom' +
      '</assignment_method><custom_value>100</custom_value></bandwidth><policy id="80554327-0569-496b-bdeb-fcbbf52b827b"/></migration>' +
      '<required_rng_sources><required_rng_source>hwrng</required_rng_source></required_rng_sources><serial_number><policy>vm</policy>' +
      '</serial_number><threads_as_cores>true</threads_as_cores><version><major>4</major><minor>4</minor></version>',
    shown: [
      '<ballooning_enabled>true<',
      '<type>Intel Nehalem Family</type></cpu>',
      '<display><proxy>http://p:1</proxy></display>',
      '<ha_reservation>false<',
      '<ksm><enabled>true</enabled><merge_across_nodes>true</merge_across_nodes></ksm>',
      '<percent>150</percent>',
      '<custom_value>100</custom_value>',
      '<policy id="80554327-0569-496b-bdeb-fcbbf52b827b"/>',
      '<required_rng_source>hwrng</required_rng_source></required_rng_sources>',
      '<version><major>4</major><minor>4</minor></version>',
    ],
  },
  datacenters: {
    element: 'data_center',
    given: '<version><major>4</major><minor>4</minor></version>',
    shown: ['</supported_versions><version><major>4</major><minor>4</minor></version>'],
  },
  instancetypes: {
    element: 'instance_type',
    given:
      '<high_availability><enabled>true</enabled><priority>50</priority></high_availability><memory>1073741824</memory><memory_policy>' +
      '<ballooning>false</ballooning><guaranteed>536870912</guaranteed></memory_policy><os><boot><devices><device>network</device>' +
      '<device>hd</device></devices></boot><type>rhel_7x64</type></os><virtio_scsi><enabled>true</enabled></virtio_scsi>',
    shown: [
      '<high_availability><enabled>true</enabled><priority>50</priority></high_availability>',
      '<guaranteed>536870912</guaranteed>',
      '<device>network</device><device>hd</device>',
      '<type>rhel_7x64</type>',
      '<virtio_scsi><enabled>true</enabled></virtio_scsi>',
    ],
  },
} as const;

describe.each(Object.entries(DECLARED))('what is declared of %s', (collection, { element, given, shown }) => {
  const inElement = (text: string) => `<${element}>${text}</${element}>`;
  const dataCenter = element === 'cluster' ? '<data_center><name>Default</name></data_center>' : '';

  it.each(['at once', 'later'])('is kept and read back when it is given %s', async (when) => {
    const first = `<name>declared-${when.replace(' ', '-')}</name>${dataCenter}${when === 'later' ? '' : given}`;
    const { id, status } = await engine.ask('POST', `/${collection}`, inElement(first));
    expect(status).toBe(201);
    if (when === 'later') expect(await engine.ask('PUT', `/${collection}/${id}`, inElement(given))).toMatchObject({ status: 200 });
    const { text } = await engine.ask('GET', `/${collection}/${id}`);
    for (const part of shown) expect(text).toContain(part);
    await engine.ask('PUT', `/${collection}/${id}`, inElement('<comment>still there</comment>'));
    expect((await engine.ask('GET', `/${collection}/${id}`)).text).toContain(shown[0]);
  });
});

describe('a profile of interfaces', () => {
  it('keeps its filter, or none, and what is said of migration', async () => {
    const { id: network } = await engine.ask('GET', '/networks');
    const { text: filters } = await engine.ask('GET', '/networkfilters');
    const filter = /id="([^"]+)"><name>allow-dhcp</.exec(filters)?.[1] ?? '';
    const body = (more: string) => `<vnic_profile><name>filtered</name><network id="${network}"/>${more}</vnic_profile>`;
    const { id, status } = await engine.ask(
      'POST',
      '/vnicprofiles',
      body(`<migratable>false</migratable><network_filter id="${filter}"/>`),
    );
    expect(status).toBe(201);
    const profile = `/vnicprofiles/${id}`;
    const { text } = await engine.ask('GET', profile);
    expect(text).toContain('<migratable>false</migratable>');
    expect(text).toContain(`<network_filter href="/ovirt-engine/api/networkfilters/${filter}"`);
    expect((await engine.ask('PUT', profile, '<vnic_profile><network_filter/></vnic_profile>')).text).not.toContain('<network_filter');
    const unknown = '<vnic_profile><network_filter id="11111111-2222-4333-8444-555555555555"/></vnic_profile>';
    expect(await engine.ask('PUT', profile, unknown)).toMatchObject({
      status: 400,
      text: containing('There is no Network Filter 11111111-'),
    });
  });
});
