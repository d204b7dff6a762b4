import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { ApiClient } from '../api.client';
import { labValue } from '../lab';
import { FAMILIES, SdkClient, has, textAt } from './sdk.client';

describe.each(Object.entries(FAMILIES))('a session of the %s SDK', (_name, family) => {
  const sdk = new SdkClient(family);

  afterAll(() => sdk.close());

  it('begins and ends', async () => {
    await sdk.logIn();
    for (const path of ['', '/']) expect((await sdk.get(path)).element).toBe('api');
    const { body } = await sdk.get('');
    expect(has(body, 'product_info.version.revision')).toBe(true);
    expect(textAt(body, 'special_objects.blank_template.id')).toMatch(/^[0-]+$/);
    await sdk.logOut();
    expect(await sdk.statusOf('GET', '')).toBe(401);
  });

  it('is told in JSON that the password is wrong', async () => {
    await expect(sdk.logIn('admin@internal', 'wrong')).rejects.toThrow(/No token: 400 .*access_denied/);
  });
});

/** libgovirt, the library of virt-viewer and GNOME Boxes, asks with a body that it leaves out when it repeats the question after a 401. */
describe('libgovirt', () => {
  const { host, hostname, port } = new URL(labValue('CLINKER_URL'));
  const ask = (authorization: string, body: string) =>
    `GET /ovirt-engine/api HTTP/1.1\r\nContent-Type: application/xml\r\nContent-Length: 17\r\nHost: ${host}\r\n${authorization}` +
    `Prefer: persistent-auth\r\nFilter: true\r\nAll-Content: true\r\n\r\n${body}`;

  /** What the engine sends until it ends the connection. */
  const exchange = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(labValue('CLINKER_CA')) }, () => socket.write(request));
      let seen = '';
      socket.on('data', (data: Buffer) => void (seen += data.toString()));
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });

  it('is answered at once, with and without the body that it announces', async () => {
    expect(await exchange(ask('', '<action></action>'))).toMatch(/^HTTP\/1.1 401 [^]*WWW-Authenticate: Basic realm="RESTAPI"/i);
    const credentials = Buffer.from(`${labValue('CLINKER_USER')}:${labValue('CLINKER_PASSWORD')}`).toString('base64');
    const answer = await exchange(ask(`Authorization: Basic ${credentials}\r\n`, ''));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toMatch(/set-cookie: JSESSIONID=[^]*<api>/i);
  });
});

describe('a web UI', () => {
  const api = new ApiClient();
  afterAll(() => api.close());

  const json = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await api.ask('GET', path, undefined, { 'Accept-Language': 'en_US', Filter: 'false', ...headers });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer.body;
  };

  it('reads pages of VMs with what belongs to them, as strings', async () => {
    const name = 'e2e-webui';
    const added = await api.post('/vms', { name, cluster: { name: 'Default' }, template: { name: 'Blank' } });
    const id = added.body['id']!;
    try {
      const follow = 'graphics_consoles,sessions,snapshots,nics,permissions,disk_attachments.disk,cdroms,statistics';
      const list = await json(`/vms/;max=20?search=SORTBY NAME ASC page 1&follow=${follow}`.replaceAll(' ', '%20'));
      const vm = list['vm']!.find((one) => one['name'] === name)!;
      expect(vm).toMatchObject({ id, stateless: 'false', status: 'down', sso: { methods: { method: [{ id: 'guest_agent' }] } } });
      expect(vm['cdroms']!['cdrom']).toHaveLength(1);
      // It reads the VM in a snapshot, and that of a pool, as it reads a VM, and throws where there is no `sso`.
      expect(vm['snapshots']!['snapshot']![0]!['vm']).toMatchObject({ sso: vm['sso'], os: vm['os'], display: vm['display'] });
      expect(vm['statistics']!['statistic']!.map((one) => one['name'])).toContain('elapsed.time');
      expect((await json(`/vms/;max=20?search=SORTBY%20NAME%20ASC%20page%20999`))['vm'] ?? []).toEqual([]);
      const icon = await json(`/icons/${vm['large_icon']!['id']!}`);
      expect(icon).toMatchObject({ media_type: 'image/png' });
      await json(`/vms/${id}/cdroms/00000000-0000-0000-0000-000000000000?current=true`);
    } finally {
      await api.ask('DELETE', `/vms/${id};detach_only=true`, undefined, { force: 'false' });
    }
  });

  it('reads what it needs to start', async () => {
    for (const path of [
      '/',
      '/templates',
      '/datacenters?follow=storage_domains',
      '/clusters',
      '/hosts',
      '/operatingsystems',
      '/storagedomains',
      '/vnicprofiles?follow=network',
      '/networks',
      '/roles?follow=permits',
      '/permissions',
      '/vmpools/;max=20?search=SORTBY%20NAME%20ASC%20page%201',
      '/options/MaxNumOfVmSockets',
      '/options/UserSessionTimeOutInterval',
    ])
      await json(path);
    const users = await json(`/users?search=${encodeURIComponent('usrname="admin@internal-authz"')}`);
    await json(`/users/${users['user']![0]!['id']!}/sshpublickeys`);
    await json(`/users/${users['user']![0]!['id']!}?follow=groups,options`);
  });
});
