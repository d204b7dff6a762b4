import { firstAddress } from './second.addresses';

describe('second addresses', () => {
  it.each([
    ['/datacenters/d/clusters/c/networks/n', '/clusters/c/networks/n'],
    ['/storagedomains/s/disks/k/statistics', '/disks/k/statistics'],
    ['/datacenters/d/storagedomains/s/disks/k/permissions/p', '/disks/k/permissions/p'],
    ['/networks/n/vnicprofiles/p/permissions', '/vnicprofiles/p/permissions'],
  ])('%s is %s', (second, first) => {
    expect(firstAddress(second)).toBe(first);
  });

  it.each([
    '/datacenters/d/clusters/c',
    '/datacenters/d/clusters',
    '/storagedomains/s/disks/k',
    '/storagedomains/s/disks/k/register',
    '/networks/n/vnicprofiles/p',
    '/clusters/c/networks',
  ])('%s stays', (path) => {
    expect(firstAddress(path)).toBe(path);
  });
});
