import { rbdAddress } from './rbd.address';

const image = {
  kind: 'rbd' as const,
  image: 'volumes/volume-1',
  monitors: [
    { host: '10.0.0.1', port: null },
    { host: 'fd00::2', port: 6790 },
  ],
  configFile: '/run/clinker/ceph/a.conf',
  auth: { user: 'cinder', secretUuid: 's' },
};

describe('rbdAddress', () => {
  it('names image, monitors, user and the file with the key, and never the key', () => {
    expect(rbdAddress(image, '/run/keys/k')).toBe(
      'rbd:volumes/volume-1:conf=/run/clinker/ceph/a.conf:mon_host=10.0.0.1,[fd00\\:\\:2]\\:6790:id=cinder:keyfile=/run/keys/k',
    );
  });

  it('asks for no authentication where there is none', () => {
    expect(rbdAddress({ ...image, auth: null }, null)).toMatch(/:auth_client_required=none$/);
  });

  it('lets no name break out', () => {
    expect(rbdAddress({ ...image, image: 'p/a:id=evil@s' }, null)).toContain('rbd:p/a\\:id\\=evil\\@s:conf=');
  });
});
