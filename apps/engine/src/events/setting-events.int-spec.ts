import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { type SettingKind, eventKinds } from './event.kinds';

let engine: RunningEngine;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});

afterAll(async () => {
  await engine?.close();
});

interface Told {
  readonly code: number;
  readonly severity: string;
  readonly references: readonly string[];
}

/** The texts of the events under a correlation id. */
async function textsOf(correlationId: string): Promise<string[]> {
  const { text } = await engine.ask('GET', `/events?search=correlation_id=${correlationId} sortby id`);
  return [...text.matchAll(/<event [^>]*><description>([^<]*)</g)].map(([, description = '']) => description);
}

/** A request that succeeds, under a correlation id of its own, and the events that it left. */
async function told(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: string): Promise<{ id: string; events: Told[] }> {
  const correlationId = randomUUID();
  const { status, text, id } = await engine.ask(method, path, body, { headers: { 'correlation-id': correlationId } });
  expect({ status, text: status < 300 ? '' : text }).toEqual({ status: method === 'POST' ? 201 : 200, text: '' });
  const list = await engine.ask('GET', `/events?search=correlation_id=${correlationId}`);
  const events = list.text
    .split('<event ')
    .slice(1)
    .map((event) => ({
      code: Number(/<code>(\d+)</.exec(event)?.[1]),
      severity: /<severity>(\w+)</.exec(event)?.[1] ?? '',
      references: [...event.matchAll(/<(cluster|data_center|host|storage_domain|template|user|vm) href/g)].map(([, name]) => name ?? ''),
    }));
  return { id, events };
}

const ofKind = (kind: SettingKind, references: readonly string[]): Told[] => [{ ...eventKinds[kind], references }];
const first = async (path: string): Promise<string> => (await engine.ask('GET', path)).id;

/** What is referred to only while it is there. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  CLUSTER: ['cluster', 'data_center', 'user'],
  DATA_CENTER: ['data_center', 'user'],
};

/** Each noun: where it is, its element, more that a new one needs, and what its events refer to while it is there. */
const NOUNS: readonly [noun: string, path: () => Promise<string>, element: string, more: () => Promise<string>, reference: string][] = [
  ['TAG', at('/tags'), 'tag', none, ''],
  ['BOOKMARK', at('/bookmarks'), 'bookmark', () => Promise.resolve('<value>Vms:</value>'), ''],
  ['ROLE', at('/roles'), 'role', () => Promise.resolve('<administrative>true</administrative><permits><permit id="1"/></permits>'), ''],
  ['NETWORK', at('/networks'), 'network', inDataCenter, 'data_center'],
  ['VNIC_PROFILE', at('/vnicprofiles'), 'vnic_profile', async () => `<network id="${await first('/networks')}"/>`, ''],
  [
    'MAC_POOL',
    at('/macpools'),
    'mac_pool',
    () => Promise.resolve('<ranges><range><from>00:1a:4a:01:00:00</from><to>00:1a:4a:01:00:09</to></range></ranges>'),
    '',
  ],
  ['CLUSTER', at('/clusters'), 'cluster', inDataCenter, ''],
  ['DATA_CENTER', at('/datacenters'), 'data_center', () => Promise.resolve('<local>false</local>'), ''],
  ['QUOTA', async () => `/datacenters/${await first('/datacenters')}/quotas`, 'quota', none, 'data_center'],
  ['INSTANCE_TYPE', at('/instancetypes'), 'instance_type', none, ''],
];

function at(path: string): () => Promise<string> {
  return () => Promise.resolve(path);
}

function none(): Promise<string> {
  return Promise.resolve('');
}

async function inDataCenter(): Promise<string> {
  return `<data_center id="${await first('/datacenters')}"/>`;
}

describe('each change of a setting is one event', () => {
  it.each(NOUNS.map((kind) => [kind[0], kind] as const))('%s', async (noun, [, pathOf, element, more, reference]) => {
    const path = await pathOf();
    const lasting = [reference, 'user'].filter(Boolean);
    const own = WITHIN[noun] ?? lasting;
    const added = await told('POST', path, `<${element}><name>told</name>${await more()}</${element}>`);
    expect(added.events).toEqual(ofKind(`${noun}_ADDED` as SettingKind, own));
    const updated = await told('PUT', `${path}/${added.id}`, `<${element}><name>again</name></${element}>`);
    expect(updated.events).toEqual(ofKind(`${noun}_UPDATED` as SettingKind, own));
    const removed = await told('DELETE', `${path}/${added.id}`);
    expect(removed.events).toEqual(ofKind(`${noun}_REMOVED` as SettingKind, lasting));
  });

  it('which names what it is about, as people call it', async () => {
    const headers = { 'correlation-id': randomUUID() };
    const { id } = await engine.ask('POST', '/tags', '<tag><name>red</name></tag>', { headers });
    const owner = `/templates/${await first('/templates?search=name=Blank')}/tags`;
    await engine.ask('POST', owner, `<tag id="${id}"/>`, { headers });
    await engine.ask('DELETE', `${owner}/${id}`, undefined, { headers });
    const [added, put, taken] = await textsOf(headers['correlation-id']);
    expect([added, put, taken]).toEqual([
      'Tag red was added.',
      'The tag red was put on the Template Blank.',
      'The tag red was taken from the Template Blank.',
    ]);
  });

  it('and so is each tag that is put on something or taken away', async () => {
    const { id } = await told('POST', '/tags', '<tag><name>mark</name></tag>');
    for (const [collection, kind, references] of [
      ['users', 'USER', ['user']],
      ['templates', 'TEMPLATE', ['template', 'user']],
    ] as const) {
      const owner = `/${collection}/${await first(`/${collection}`)}/tags`;
      const put = await told('POST', owner, `<tag id="${id}"/>`);
      expect(put.events).toEqual([{ ...eventKinds[`${kind}_TAGGED`], references }]);
      const taken = await told('DELETE', `${owner}/${id}`);
      expect(taken.events).toEqual([{ ...eventKinds[`${kind}_UNTAGGED`], references }]);
    }
  });
});
