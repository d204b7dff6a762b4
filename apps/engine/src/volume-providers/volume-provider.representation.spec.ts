import { Links, toJson, toXml } from '@clinker/ovirt-api';
import { authenticationKeyRepresentation } from './authentication-key.representation';
import { volumeProviderRepresentation } from './volume-provider.representation';
import { volumeTypeRepresentation } from './volume-type.representation';

const links = new Links('/ovirt-engine/api');
const ID = '8a700e64-a7dc-4f72-84aa-8ae9bb3ea376';
const KEY = 'aa1302bf-5770-497e-8210-c466bdbb7fdb';

const provider = {
  id: ID,
  name: 'ceph',
  description: '',
  url: null,
  authenticationUrl: 'http://ks:5000/v3',
  requiresAuthentication: true,
  username: 'u',
  passwordSealed: 'SEALED',
  tenantName: 't',
  userDomainName: 'Default',
  projectDomainName: 'Default',
  endpoint: 'http://c/v3/p',
  version: 1,
  dataCenterId: KEY,
};

describe('a volume provider', () => {
  it('is shown without its password, even the sealed one', () => {
    const body = volumeProviderRepresentation(provider, links);
    const xml = toXml('openstack_volume_provider', body);
    expect(xml + toJson('openstack_volume_provider', body)).not.toMatch(/SEALED|password/);
    expect(xml).toContain('<authentication_url>http://ks:5000/v3</authentication_url>');
    expect(xml).toContain('<requires_authentication>true</requires_authentication><username>u</username><tenant_name>t</tenant_name>');
    expect(xml).toContain(`<data_center href="/ovirt-engine/api/datacenters/${KEY}" id="${KEY}"/>`);
    for (const rel of ['testconnectivity', 'importcertificates', 'volumetypes', 'authenticationkeys', 'certificates'])
      expect(xml).toContain(`rel="${rel}"`);
  });

  it('shows no data center and no address that it does not have', () => {
    const body = volumeProviderRepresentation({ ...provider, dataCenterId: null }, links);
    expect(toXml('openstack_volume_provider', body)).not.toMatch(/data_center|<url>/);
  });
});

describe('its parts', () => {
  it('a key has its uuid as id, and no value', () => {
    const key = { id: KEY, providerId: ID, usageType: 'ceph' as const, description: 'd', creationDate: new Date(0), valueSealed: 'SEALED' };
    const xml = toXml('openstack_volume_authentication_key', authenticationKeyRepresentation(key, links));
    expect(xml).toContain(`href="/ovirt-engine/api/openstackvolumeproviders/${ID}/authenticationkeys/${KEY}" id="${KEY}"`);
    expect(xml).toContain(`<usage_type>ceph</usage_type><uuid>${KEY}</uuid>`);
    expect(xml).not.toMatch(/SEALED|<value>/);
  });

  it('a volume type has its extra specs and what is known of its capacity as properties', () => {
    const type = { id: KEY, name: 'fast', description: null, isPublic: true, extraSpecs: { volume_backend_name: 'ssd' } };
    const xml = toXml(
      'open_stack_volume_type',
      volumeTypeRepresentation({ type, capacity: { availableBytes: 5, usedBytes: null } }, ID, links),
    );
    expect(xml).toContain('<name>fast</name>');
    expect(xml).toContain('<property><name>volume_backend_name</name><value>ssd</value></property>');
    expect(xml).toContain('<property><name>clinker:available</name><value>5</value></property>');
    expect(xml).not.toContain('clinker:used');
  });
});
