import fc from 'fast-check';
import {
  BLANK_ID,
  Links,
  MalformedDocument,
  actionFailed,
  apiRoot,
  collectionOf,
  correlationId,
  elementOfType,
  fromXml,
  itemOf,
  messageFault,
  messages,
  parseFollow,
  relOf,
  renderMessage,
  toJson,
  toXml,
} from './index';

describe('Links', () => {
  const links = new Links('/api');

  it('follow the prefix of the request and encode what is put into a path', () => {
    expect(links.href('disks', 'a/b')).toBe('/api/disks/a%2Fb');
    expect(links.reference('vms/1/nics', '2')).toEqual({ href: '/api/vms/1/nics/2', id: '2' });
    expect([...links.actions('/api/disks/1', ['copy']).link]).toEqual([{ href: '/api/disks/1/copy', rel: 'copy' }]);
    expect([...links.subCollections('/api/vms/1', ['nics', 'tags']).without('tags')]).toEqual([{ href: '/api/vms/1/nics', rel: 'nics' }]);
    expect(toJson('actions', links.actions('/api/disks/1', ['copy']))).toBe('{"link":[{"href":"/api/disks/1/copy","rel":"copy"}]}');
    expect(toXml('actions', links.actions('/api/disks/1', ['copy']))).toContain(
      '<actions><link href="/api/disks/1/copy" rel="copy"/></actions>',
    );
  });
});

describe('names', () => {
  it.each([
    ['disk', 'disks'],
    ['property', 'properties'],
    ['katello_erratum', 'katello_errata'],
    ['openstack_volume_provider', 'openstack_volume_providers'],
    ['scheduling_policy_unit', 'scheduling_policy_units'],
  ])('%s and %s belong together', (item, collection) => {
    expect(collectionOf(item)).toBe(collection);
    expect(itemOf(collection)).toBe(item);
  });

  it('know the irregular elements and the rels', () => {
    expect(elementOfType('open_stack_volume_provider')).toBe('openstack_volume_provider');
    expect(elementOfType('open_stack_volume_type')).toBe('open_stack_volume_type');
    expect(elementOfType('operating_system')).toBe('os');
    expect(itemOf('driver_options')).toBe('property');
    expect(relOf('disk_attachments')).toBe('diskattachments');
  });
});

describe('apiRoot', () => {
  const total = { active: 1, total: 2 };
  const summary = { hosts: total, storage_domains: total, users: total, vms: total };
  const root = { instanceId: 'i', time: new Date(0), authenticatedUserId: 'u', effectiveUserId: 'e' };

  it('tells version, special objects and users, and links every collection once, searchable ones twice', () => {
    const { body } = fromXml(toXml('api', apiRoot(new Links('/ovirt-engine/api'), { ...root, summary })));
    const version = { build: '10', full_version: '4.4.10', major: '4', minor: '4', revision: '0' };
    expect(body).toMatchObject({
      product_info: { name: 'oVirt Engine', vendor: 'ovirt.org', version },
      special_objects: { blank_template: { id: BLANK_ID, href: `/ovirt-engine/api/templates/${BLANK_ID}` } },
      summary: { vms: { active: '1', total: '2' } },
      effective_user: { href: '/ovirt-engine/api/users/e', id: 'e' },
    });
    const rels = (body['link'] as { rel: string }[]).map(({ rel }) => rel);
    expect(new Set(rels).size).toBe(rels.length);
    expect(rels).toEqual(expect.arrayContaining(['vms', 'vms/search', 'events/search', 'openstackvolumeproviders', 'jobs']));
    expect(body['link']).toContainEqual({ href: '/ovirt-engine/api/events;from={event_id}?search={query}', rel: 'events/search' });
  });

  it('has no summary for users who may not see it', () => {
    expect(toXml('api', apiRoot(new Links('/api'), root))).not.toContain('<summary>');
  });
});

describe('faults', () => {
  it('fill in the parameters and put the text into brackets', () => {
    expect(messageFault(messages.DISK_LOCKED, { action: 'edit', type: 'Virtual Disk' })).toEqual({
      reason: 'Operation Failed',
      detail: '[Cannot edit Virtual Disk. Disk is locked. Please try again in a few minutes.]',
    });
    expect(renderMessage(messages.CINDER_VOLUME_TYPE_NOT_EXISTS, { cinderVolumeType: '${x} $& $1' })).toBe(
      "Cinder volume type '${x} $& $1' does not exist.",
    );
  });

  it('keep the words that clients wait for', () => {
    const texts = Object.values(messages).map(({ text }) => text);
    const awaited = [
      ...['Disk is locked', 'VM is locked', 'Related operation is currently in progress.', 'Failed to hot-plug disk'],
      ...['Cannot run VM without at least one bootable disk.', 'Physical Memory Guaranteed cannot exceed Memory Size'],
      'is incompatible with the storage domain type.',
    ];
    for (const words of awaited) expect(texts.some((text) => text.includes(words))).toBe(true);
    expect(Object.entries(messages).every(([key, message]) => message.key === key && message.status >= 400)).toBe(true);
  });

  it('are part of a failed action', () => {
    const fault = messageFault(messages.HOT_PLUG_FAILED, {});
    expect(toXml('action', actionFailed(fault))).toContain(
      '<action><fault><detail>[Failed to hot-plug disk]</detail><reason>Operation Failed</reason></fault><status>failed</status></action>',
    );
  });
});

describe('parseFollow', () => {
  const asObject = (tree: ReturnType<typeof parseFollow>): object =>
    Object.fromEntries([...tree].map(([name, below]) => [name, asObject(below)]));

  it('joins paths, ignoring case and underscores', () => {
    expect(asObject(parseFollow('disk_attachments.disk, nics,DiskAttachments.vm'))).toEqual({
      diskattachments: { disk: {}, vm: {} },
      nics: {},
    });
    expect(parseFollow(undefined).size + parseFollow(' ').size).toBe(0);
  });

  it.each(['a..b', 'a,', 'a b', '<a>', Array(65).fill('a').join(), Array(9).fill('a').join('.'), 'a'.repeat(100_000)])(
    'refuses %.20s',
    (text) => {
      expect(() => parseFollow(text)).toThrow(MalformedDocument);
    },
  );

  it('ends in a tree or the typed error for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.constantFrom('a', '.', ',', '_')).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            expect(parseFollow(text).size).toBeLessThanOrEqual(64);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedDocument);
          }
        },
      ),
    );
  });
});

describe('correlationId', () => {
  it('takes the first candidate that has allowed characters, cleaned and cut', () => {
    expect(correlationId(undefined, '', '\r\n', 'disk_create é-1!', 'x')).toBe('disk_create-1');
    expect(correlationId('a'.repeat(100))).toBe('a'.repeat(36));
  });

  it('makes up a new one when there is none', () => {
    expect(correlationId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(correlationId()).not.toBe(correlationId());
  });
});
