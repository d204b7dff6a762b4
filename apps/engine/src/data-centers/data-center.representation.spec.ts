import { Links, toXml } from '@clinker/ovirt-api';
import { clusterRepresentation } from '../clusters/cluster.representation';
import { DEFAULT_MAC_POOL_ID } from '../networks/default.mac-pool';
import { templateRepresentation } from '../templates/template.representation';
import { dataCenterRepresentation } from './data-center.representation';

const links = new Links('/ovirt-engine/api');
const ID = '5a55d518-028a-4113-82dd-00000000028a';
const named = {
  id: ID,
  name: 'Default',
  description: '',
  comment: '',
  quotaMode: 'audit' as const,
  macPoolId: DEFAULT_MAC_POOL_ID,
  unapplied: {},
};

describe('a data center', () => {
  const xml = toXml('data_center', dataCenterRepresentation({ ...named, description: 'The default Data Center' }, links));

  it('has what clients of oVirt read, in the order of the XSD', () => {
    expect(xml).toContain(`<data_center href="/ovirt-engine/api/datacenters/${ID}" id="${ID}"><actions>`);
    expect(xml).toContain(
      `<name>Default</name><description>The default Data Center</description><comment></comment>` +
        `<link href="/ovirt-engine/api/datacenters/${ID}/clusters" rel="clusters"/>`,
    );
    expect(xml).toContain(
      '<local>false</local><quota_mode>audit</quota_mode><status>up</status><storage_format>v5</storage_format>' +
        '<supported_versions><version><major>4</major><minor>6</minor></version></supported_versions><version><major>4</major><minor>6</minor></version>' +
        '<mac_pool href="/ovirt-engine/api/macpools/58ca604b-017d-0374-0220-00000000014e" id="58ca604b-017d-0374-0220-00000000014e"/></data_center>',
    );
  });

  it('links with the prefix that the client asked for', () => {
    expect(dataCenterRepresentation(named, new Links('/api'))).toMatchObject({ href: `/api/datacenters/${ID}` });
  });
});

describe('a cluster', () => {
  it('names its data center, its processor and its version', () => {
    const xml = toXml('cluster', clusterRepresentation({ ...named, dataCenterId: ID, macPoolId: ID, cpuArchitecture: 'x86_64' }, links));
    expect(xml).toContain(`<data_center href="/ovirt-engine/api/datacenters/${ID}" id="${ID}"/>`);
    expect(xml).toContain('<cpu><architecture>x86_64</architecture><type></type></cpu>');
    expect(xml).toContain('<memory_policy><over_commit><percent>100</percent></over_commit><transparent_hugepages><enabled>true</enabled>');
    expect(xml).toContain('<version><major>4</major><minor>6</minor></version>');
    expect(xml).toContain('<comment></comment>');
  });
});

describe('the Blank template', () => {
  it('has every member without which clients fail', () => {
    const blank = { clusterId: null, settings: {}, versionNumber: 0, versionName: '', baseTemplateId: ID, statusReason: null };
    const template = { ...named, ...blank, status: 'ok' as const, creationTime: new Date('2026-01-02T03:04:05Z') };
    const xml = toXml('template', templateRepresentation(template, links));
    expect(xml).toContain('<topology><cores>1</cores><sockets>1</sockets><threads>1</threads></topology>');
    expect(xml).toContain(
      '<memory>1073741824</memory><memory_policy><guaranteed>1073741824</guaranteed><max>4294967296</max></memory_policy>',
    );
    expect(xml).toContain('<os><boot><devices><device>hd</device></devices></boot><type>other</type></os>');
    expect(xml).toContain('<status>ok</status>');
    expect(xml).toContain('<creation_time>2026-01-02T03:04:05.000Z</creation_time>');
    expect(xml).toContain('rel="diskattachments"');
  });
});
