import { Links, toXml } from '@clinker/ovirt-api';
import { attachedStorageDomainRepresentation, storageDomainRepresentation } from './storage-domain.representation';

const links = new Links('/ovirt-engine/api');
const ID = '6ddff4e6-b15f-448a-a436-18671a4b3118';
const DC = '2812e1c2-fb19-4bf9-ac42-74c069a5e507';

const domain = {
  id: ID,
  name: 'ceph',
  description: '',
  comment: '',
  type: 'volume' as const,
  storageType: 'cinder' as const,
  providerId: DC,
  dataCenterId: DC,
  status: 'active' as const,
  availableBytes: 1000,
  usedBytes: null,
  committedBytes: 5,
  externalStatus: 'warning' as const,
  warningLowSpaceIndicator: 12,
  criticalSpaceActionBlocker: 7,
};

describe('a storage domain', () => {
  it('at the top level has no status, but an external one, and its data centers', () => {
    const xml = toXml('storage_domain', storageDomainRepresentation(domain, links));
    expect(xml).toContain(`<storage_domain href="/ovirt-engine/api/storagedomains/${ID}" id="${ID}">`);
    expect(xml).not.toContain('<status>');
    expect(xml).toContain('<external_status>warning</external_status>');
    expect(xml).toContain('<warning_low_space_indicator>12</warning_low_space_indicator>');
    expect(xml).toContain('<critical_space_action_blocker>7</critical_space_action_blocker>');
    expect(xml).toContain('<storage><type>cinder</type></storage>');
    expect(xml).toContain('<type>volume</type>');
    expect(xml).toContain(`<data_centers><data_center href="/ovirt-engine/api/datacenters/${DC}" id="${DC}"/></data_centers>`);
    expect(xml).toContain('<available>1000</available>');
    expect(xml).toContain('<committed>5</committed>');
    expect(xml).not.toContain('<used>');
    expect(xml).toContain('<description></description><comment></comment>');
  });

  it('that is unattached says so, and has no data centers', () => {
    const xml = toXml('storage_domain', storageDomainRepresentation({ ...domain, dataCenterId: null, status: 'unattached' }, links));
    expect(xml).toContain('<status>unattached</status>');
    expect(xml).not.toContain('data_center');
  });

  it('in its data center has its status, its actions, and a href there', () => {
    const href = `/ovirt-engine/api/datacenters/${DC}/storagedomains/${ID}`;
    const xml = toXml('storage_domain', attachedStorageDomainRepresentation({ ...domain, status: 'maintenance' }, DC, links));
    expect(xml).toContain(`<storage_domain href="${href}" id="${ID}">`);
    expect(xml).toContain(
      `<actions><link href="${href}/activate" rel="activate"/><link href="${href}/deactivate" rel="deactivate"/></actions>`,
    );
    expect(xml).toContain('<status>maintenance</status>');
    expect(xml).toContain(`<link href="${href}/disks" rel="disks"/>`);
  });
});
