import { randomUUID } from 'node:crypto';
import { body } from '../api.client';
import { PROVIDER, keyBody, providerBody } from '../installation';
import { labValue, until } from '../lab';
import { countedVolumes, withQuota } from './cinder-quota';
import { TROUBLE_MS, TroubleBed, refusal, refused } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

const GIB = 1024 ** 3;
const NOBODY = randomUUID();

const diskBody = (changes: object = {}): object => ({
  name: `e2e-${randomUUID().slice(0, 8)}`,
  provisioned_size: GIB,
  format: 'raw',
  storage_domains: { storage_domain: [{ name: PROVIDER }] },
  ...changes,
});

describe('bad input', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterEach(() => bed.settle());
  afterAll(() => bed.close());

  describe('about providers', () => {
    const other = (changes: object) => providerBody({ name: 'e2e-other', ...changes });
    const providers = async () => (await api.get('/openstackvolumeproviders')).text;

    it('is refused for one that does not exist', async () => {
      const unknown = refused(404, `Provider with id or name '${NOBODY}' does not exist.`);
      expect(refusal(await api.get(`/openstackvolumeproviders/${NOBODY}`))).toEqual(unknown);
      expect(refusal(await api.post(`/openstackvolumeproviders/${NOBODY}/testconnectivity`))).toEqual(unknown);
      expect(refusal(await api.post(`/openstackvolumeproviders/${NOBODY}/authenticationkeys`, keyBody()))).toEqual(unknown);
    });

    it.each([
      ['a wrong password', { password: 'wrong' }, 400, 'Failed to authenticate with the external provider.'],
      ['an unknown project', { tenant_name: 'nowhere' }, 400, 'Failed to authenticate with the external provider.'],
      ['a Keystone that is none', { authentication_url: 'CINDER_URL' }, 400, 'Failed to communicate with the external provider'],
      [
        'an address where nobody is',
        { authentication_url: 'http://127.0.0.1:9/v3' },
        409,
        'Failed to communicate with the external provider',
      ],
      ['no name', { name: undefined }, 400, 'OpenstackVolumeProvider [name] required for add'],
    ])('is refused and not stored: %s', async (_what, changes: Record<string, string | undefined>, status, detail) => {
      const before = await providers();
      const url = changes['authentication_url'] === 'CINDER_URL' ? { authentication_url: labValue('CINDER_URL') } : {};
      const answer = await api.post('/openstackvolumeproviders', other({ ...changes, ...url }));
      expect(refusal(answer)).toEqual(refused(status, detail));
      expect(answer.text).not.toContain(labValue('LAB_CINDER_PASSWORD'));
      expect(await providers()).toBe(before);
    });

    it('is refused for an account without the service role: its attachments could not be ended', async () => {
      const account = { username: labValue('LAB_NOSERVICE_USER'), password: labValue('LAB_NOSERVICE_PASSWORD') };
      const answer = await api.post('/openstackvolumeproviders', other(account));
      expect(refusal(answer)).toEqual(refused(400, /Failed to authenticate with the external provider.*role service/));
    });

    it('is refused when the same Cinder is there already, also to two at once', async () => {
      const answers = await Promise.all(
        [1, 2].map((number) => api.post('/openstackvolumeproviders', other({ name: `e2e-twin-${number}` }))),
      );
      const same = refused(409, 'There is already an existing Cinder provider with the same IP address.');
      expect(answers.map(refusal)).toEqual([same, same]);
    });

    it('is refused for a key that is no base64, or whose uuid is taken', async () => {
      const { id } = (await user.provider())!;
      const path = `/openstackvolumeproviders/${id}/authenticationkeys`;
      const broken = { ...keyBody('no base64!'), uuid: NOBODY };
      expect(refusal(await api.post(path, broken))).toEqual(refused(400, 'Authentication Key value should be encoded in Base64.'));
      expect(refusal(await api.post(path, keyBody()))).toEqual(refused(409, 'Authentication Key UUID already exists.'));
    });
  });

  describe('about disks', () => {
    it.each([
      [
        'a volume type that Cinder does not have',
        { openstack_volume_type: { name: 'gold' } },
        409,
        "Cinder volume type 'gold' does not exist.",
      ],
      ['the size 0', { provisioned_size: 0 }, 400, 'provisionedSize'],
      ['a negative size', { provisioned_size: -GIB }, 400, 'provisionedSize'],
      ['a size that is no number', { provisioned_size: 'much' }, 400, 'provisionedSize'],
      ['no size', { provisioned_size: undefined }, 400, 'Disk [provisionedSize] required for add'],
      ['a backup that Ceph does not have', { backup: 'incremental' }, 400, 'is incompatible with the storage domain type.'],
      ['no domain', { storage_domains: undefined }, 400, 'Disk [storageDomains] required for add'],
      [
        'an unknown domain',
        { storage_domains: { storage_domain: [{ name: 'nowhere' }] } },
        404,
        "Storage Domain with id or name 'nowhere'",
      ],
    ])('is refused: %s', async (_what, changes, status, detail) => {
      expect(refusal(await api.post('/disks', diskBody(changes)))).toEqual(refused(status, detail));
    });

    /** The engine remembers for some seconds that a quota has much room; meanwhile Cinder itself refuses, and the disk goes again. */
    const refusalOf = async (changes: object) => {
      const attempt = async () => {
        const answer = await api.post('/disks', diskBody(changes));
        if (answer.status === 202) await user.gone(`/disks/${body(answer)['id']}`);
        return answer;
      };
      return refusal(await until('the quota is known', attempt, ({ status }) => status !== 202));
    };

    it('is refused beyond the quota, with what is used and allowed', async () => {
      await user.disk();
      await withQuota({ volumes: 1 }, async () => {
        expect(await refusalOf({})).toEqual(refused(413, /quota of the Cinder project is exceeded.*of 1 volumes are used/));
      });
      await withQuota({ per_volume_gigabytes: 2 }, async () => {
        const large = await refusalOf({ provisioned_size: 3 * GIB });
        expect(large).toEqual(refused(413, 'a volume may have at most 2 GiB, and 3 GiB are wanted.'));
      });
    });

    it('lets one of two have the last volume of the quota', async () => {
      const used = await countedVolumes();
      await withQuota({ volumes: used + 1 }, async () => {
        const answers = await Promise.all([1, 2].map(() => api.post('/disks', diskBody())));
        const ids = answers.filter(({ status }) => status === 202).map((answer) => body(answer)['id']!);
        user.created.disks.push(...ids);
        const statuses = async () => Promise.all(ids.map(async (id) => (await api.get(`/disks/${id}`)).body['status']));
        await until('one disk is ok', statuses, (seen) => seen.every((status) => status !== 'locked'));
        expect((await statuses()).filter((status) => status === 'ok')).toHaveLength(1);
      });
    });

    it('ends as an event with the reason when no back end has that much room', async () => {
      await withQuota({ gigabytes: -1, per_volume_gigabytes: -1 }, async () => {
        const name = `e2e-${randomUUID()}`;
        const { id } = body(await api.post('/disks', diskBody({ name, provisioned_size: 900 * 1024 * GIB })), 202);
        await user.gone(`/disks/${id}`);
        const events = body(await api.get('/events?max=50'))['event']!;
        const event = events.find((one) => one['description']!.includes(name))!;
        expect(event).toMatchObject({ code: '2022', severity: 'error' });
        expect(event['description']).toMatch(/No valid backend|no valid back|schedul/i);
      });
    });
  });

  describe('about disks of a domain in maintenance', () => {
    it('is refused: no new disks, no start, no hot plug', async () => {
      const [{ vmId }, running, diskId] = await Promise.all([bed.vmWithDisk(), user.vm(), user.disk()]);
      await user.start(running);
      const domain = await user.domainPath();
      body(await api.post(`${domain}/deactivate`), 200);
      await user.domainIs('maintenance');
      try {
        await bed.audit.agrees();
        const illegal = refused(409, /The relevant Storage Domain's status is maintenance/i);
        expect(refusal(await api.post('/disks', diskBody()))).toEqual(illegal);
        expect(refusal(await api.post(`/vms/${vmId}/start`))).toEqual(illegal);
        const attachment = { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'false', active: 'true' };
        expect(refusal(await api.post(`/vms/${running}/diskattachments`, attachment))).toEqual(illegal);
      } finally {
        await api.post(`${domain}/activate`);
        await user.domainIs('active');
      }
    });

    it('is refused while a VM runs with a disk there', async () => {
      const { vmId } = await bed.vmWithDisk();
      await user.start(vmId);
      const answer = await api.post(`${await user.domainPath()}/deactivate`);
      expect(refusal(answer)).toEqual(refused(409, 'The Storage Domain has disks that are plugged to running VMs'));
    });
  });

  describe('about one thing by two users at once', () => {
    it('lets a disk go to one of two VMs', async () => {
      const [diskId, ...vmIds] = await Promise.all([user.disk(), user.vm(), user.vm()]);
      const attach = (vmId: string) =>
        api.post(`/vms/${vmId}/diskattachments`, { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'true', active: 'true' });
      const answers = await Promise.all(vmIds.map(attach));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const loser = answers.find(({ status }) => status === 409)!;
      expect(refusal(loser)).toEqual(refused(409, /is not shareable and is already attached to VM\(s\)/));
    });

    it('starts a VM once', async () => {
      const { vmId } = await bed.vmWithDisk();
      const answers = await Promise.all([1, 2, 3].map(() => api.post(`/vms/${vmId}/start`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      for (const loser of answers.filter(({ status }) => status === 409)) {
        expect(refusal(loser)).toEqual(refused(409, /Cannot run VM\. (VM is running|Related operation|VM is locked)/));
      }
      await user.vmIs(vmId, 'up');
      await bed.audit.agrees();
    });

    it('removes a disk once', async () => {
      const diskId = await user.disk();
      const answers = await Promise.all([1, 2].map(() => api.delete(`/disks/${diskId}`)));
      expect(answers.map(({ status }) => status)).toContain(200);
      expect([200, 404, 409]).toEqual(expect.arrayContaining(answers.map(({ status }) => status)));
      await user.gone(`/disks/${diskId}`);
    });

    it('does not remove a disk that a VM is being started with', async () => {
      const { vmId, diskId } = await bed.vmWithDisk();
      const [start, removal] = await Promise.all([api.post(`/vms/${vmId}/start`), api.delete(`/disks/${diskId}`)]);
      expect([start.status, removal.status].filter((status) => status === 200)).toHaveLength(1);
    });
  });
});
