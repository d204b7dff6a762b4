import { HttpProxy, type Disturbance } from '@clinker/testing';
import { body } from '../api.client';
import { ExtraProvider } from '../extra-provider';
import { lab, labValue, until } from '../lab';
import { TROUBLE_MS, TroubleBed, refusal, refused, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

describe('trouble with Cinder', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterEach(() => bed.settle());
  afterAll(() => bed.close());

  describe('that is dead', () => {
    it('is told to those who look and add; who removes and starts gets it done later', async () => {
      const [{ vmId }, doomed] = await Promise.all([bed.vmWithDisk(), user.disk()]);
      const { id: providerId } = (await user.provider())!;
      await withDead(['cinder-api'], async () => {
        const [types, test, disk] = await Promise.all([
          api.get(`/openstackvolumeproviders/${providerId}/volumetypes`),
          api.post(`/openstackvolumeproviders/${providerId}/testconnectivity`),
          api.post('/disks', {
            name: 'e2e-later',
            provisioned_size: 1,
            format: 'raw',
            storage_domains: { storage_domain: [{ name: 'ceph-by-cinder' }] },
          }),
        ]);
        expect(refusal(types)).toEqual(refused(500, "An error occurred on Cinder - '"));
        expect(refusal(test)).toEqual(refused(409, 'Failed to communicate with the external provider'));
        // Who has added a disk a moment ago need not look at the limits again: then the disk is made later.
        if (disk.status === 202) user.created.disks.push(body(disk)['id']!);
        else expect(refusal(disk)).toEqual(refused(500, "An error occurred on Cinder - '"));
        const [start] = await Promise.all([api.post(`/vms/${vmId}/start`), api.ask('DELETE', `/disks/${doomed}?async=true`)]);
        expect(start.status).toBe(200);
        expect((await api.get(`/disks/${doomed}`)).body['status']).toBe('locked');
      });
      await user.vmIs(vmId, 'up');
      await Promise.all(user.created.disks.filter((id) => id !== doomed).map((id) => user.diskIs(id, 'ok')));
      await until(
        'the disk is gone',
        () => api.get(`/disks/${doomed}`),
        ({ status }) => status === 404,
      );
      await bed.audit.agrees();
    });

    it('keeps a volume attached until it can be detached', async () => {
      const { vmId } = await bed.vmWithDisk();
      await user.start(vmId);
      await withDead(['cinder-api'], async () => {
        expect((await api.post(`/vms/${vmId}/stop`)).status).toBe(200);
        const domains = async () => (await bed.audit.libvirt('host-1')).domains.list();
        await until('the guest is gone', domains, (seen) => !seen.some(({ uuid }) => uuid === vmId));
        expect((await api.get(`/vms/${vmId}`)).body['status']).toBe('powering_down');
      });
      await user.vmIs(vmId, 'down');
      await bed.audit.agrees();
    });
  });

  describe('behind a network that disturbs', () => {
    const provider = new ExtraProvider(user, 'e2e-proxied');
    const proxied = provider.place;
    let proxy: HttpProxy;
    let providerId: string;
    const create = { method: 'POST', path: /\/volumes$/ };

    beforeAll(async () => {
      proxy = await HttpProxy.start(new URL(labValue('CINDER_URL')).origin);
      providerId = await provider.open({ url: proxy.url });
    });
    afterEach(() => proxy.reset());
    afterAll(async () => {
      await provider.close();
      await proxy.close();
    });

    const disturbances: [string, Disturbance][] = [
      ['that answers 500', { kind: 'answer', status: 500, body: { computeFault: { message: 'out of order' } } }],
      ['that closes connections', { kind: 'drop' }],
      ['that loses its answers', { kind: 'lose_answer' }],
      ['that answers by half', { kind: 'half' }],
      ['that says: later', { kind: 'answer', status: 503 }],
    ];

    it.each(disturbances)('creates a disk once, in spite of a Cinder %s three times', async (_what, disturbance) => {
      proxy.disturb(disturbance, create, 3);
      await user.disk(proxied);
      await bed.audit.agrees();
    });

    it('removes a disk in spite of a Cinder that loses its answers', async () => {
      const diskId = await user.disk(proxied);
      proxy.disturb({ kind: 'lose_answer' }, { method: 'DELETE' }, 2);
      await user.gone(`/disks/${diskId}`);
      await bed.audit.agrees();
    });

    it('starts and stops a VM in spite of a Cinder that loses the answers about attachments', async () => {
      const { vmId } = await bed.vmWithDisk({}, proxied);
      proxy.disturb({ kind: 'lose_answer' }, { method: 'POST', path: /\/attachments/ }, 2);
      await user.start(vmId);
      await bed.audit.agrees();
      proxy.disturb({ kind: 'lose_answer' }, { method: 'DELETE', path: /\/attachments/ }, 2);
      await user.stop(vmId);
      await bed.audit.agrees();
    });

    it('leaves nothing when Cinder refuses for good', async () => {
      proxy.disturb({ kind: 'answer', status: 400, body: { badRequest: { message: 'no such luck' } } }, create);
      const answer = await api.post('/disks', { name: 'e2e-refused', provisioned_size: 1, format: 'raw', ...proxied });
      await user.gone(`/disks/${body(answer, 202)['id']}`);
      const events = body(await api.get('/events?max=50'))['event']!;
      expect(events.map((event) => event['description'])).toContainEqual(
        expect.stringMatching(/'e2e-refused' could not be added.*no such luck/),
      );
      await bed.audit.agrees();
    });

    it('tells within seconds that nobody answers', async () => {
      proxy.disturb({ kind: 'silence' });
      const began = Date.now();
      const answer = await api.post(`/openstackvolumeproviders/${providerId}/testconnectivity`);
      expect(refusal(answer)).toEqual(refused(409, /Failed to communicate with the external provider.*in time/));
      expect(Date.now() - began).toBeLessThan(45_000);
    });
  });

  describe('whose worker is dead', () => {
    it('creates the disk when the worker is back', async () => {
      await lab('kill', 'cinder-volume');
      let diskId: string;
      try {
        const answer = await api.post('/disks', {
          name: 'e2e-late',
          provisioned_size: 1,
          format: 'raw',
          storage_domains: { storage_domain: [{ name: 'ceph-by-cinder' }] },
        });
        diskId = body(answer, 202)['id']!;
        user.created.disks.push(diskId);
        expect((await api.get(`/disks/${diskId}`)).body['status']).toBe('locked');
      } finally {
        await lab('start', 'cinder-volume');
      }
      await user.diskIs(diskId, 'ok');
    });
  });
});
