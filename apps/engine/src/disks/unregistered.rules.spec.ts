import type { Volume } from '@clinker/cinder';
import { InvalidInputError } from '../errors/domain.errors';
import { selected, unsuitability } from './unregistered.rules';

const OURS = 'ours';
const volume = (changes: Partial<Volume> = {}): Volume =>
  ({
    id: 'v-1',
    name: 'web',
    description: null,
    status: 'available',
    sizeGiB: 1,
    volumeType: 'gold',
    metadata: {},
    attachments: [],
    encrypted: false,
    migrationStatus: null,
    ...changes,
  }) as Volume;
const attachment = { attachmentId: 'a', serverId: 'vm-7', hostName: null, device: null };

describe('unsuitability', () => {
  it('is none of a volume that nobody uses, whatever else is in its metadata', () => {
    expect(unsuitability(volume({ metadata: { owner: 'me' }, migrationStatus: 'success' }), OURS)).toBeUndefined();
  });

  it.each([
    ['in use', { status: 'in-use', attachments: [attachment] }, 'in use in Cinder by vm-7'],
    ['being made', { status: 'creating' }, 'It is creating in Cinder.'],
    ['broken', { status: 'error' }, 'It is error in Cinder.'],
    ["another installation's", { metadata: { clinker_installation: 'other' } }, 'another installation of Clinker (other)'],
    ['a leftover of ours', { metadata: { clinker_installation: OURS, clinker_disk_id: 'd-9' } }, 'made for the disk d-9'],
    ['encrypted', { encrypted: true }, 'encrypted'],
    ['being moved', { migrationStatus: 'target:x' }, 'Cinder is moving it (target:x).'],
  ])('is told of one that is %s', (_what, changes, text) => {
    expect(unsuitability(volume(changes as Partial<Volume>), OURS)).toContain(text);
  });
});

describe('selected', () => {
  const all = ['web-1', 'web-2', 'db'].map((name) => ({ volume: volume({ id: name, name }), reason: name === 'db' ? 'no' : undefined }));
  const names = (search: string, max?: number) => selected(all, { search, max, caseSensitive: false }).map((one) => one.volume.name);

  it.each([
    ['', undefined, ['web-1', 'web-2', 'db']],
    ['', 1, ['web-1']],
    ['page 2', 2, ['db']],
    ['name=WEB-*', undefined, ['web-1', 'web-2']],
    ['name!=web-1 and status=ok', undefined, ['web-2']],
    ['name=db or id=web-2', undefined, ['web-2', 'db']],
    ['eb-1', undefined, ['web-1']],
    ['name=web.1', undefined, []],
  ])('finds by %j, %p at most', (search, max, expected) => {
    expect(names(search, max)).toEqual(expected);
  });

  it.each(['color=red', 'vm.name=x', 'provisioned_size>1'])('refuses %s', (search) => {
    expect(() => names(search)).toThrow(InvalidInputError);
  });
});
