import fc from 'fast-check';
import { collection, fromXml, share, toXml, toXmlBytes } from './index';
import type { Wire, WireObject } from './index';

const body = (xml: string): string => xml.replace(/^<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?>/, '');

/** What a document becomes when it is read again: text leaves, no nulls, single items without their list. */
function asRead(value: Wire): Wire {
  if (Array.isArray(value)) return value.length === 1 ? asRead(value[0]) : value.map(asRead);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value as WireObject).filter(
    ([, member]) => member !== null && !(Array.isArray(member) && member.length === 0),
  );
  return members.length === 0 ? '' : Object.fromEntries(members.map(([name, member]) => [name, asRead(member)]));
}

describe('toXml', () => {
  it('writes id and href as attributes, actions and head first, then attributes and references in order', () => {
    const data_center = { href: '/ovirt-engine/api/datacenters/1', id: '1' };
    const domain = {
      ...{ data_center, status: 'active', available: 5, name: 'ceph', description: '', comment: null },
      link: [{ href: '/ovirt-engine/api/storagedomains/2/disks', rel: 'disks' }],
      actions: { link: [{ href: '/ovirt-engine/api/storagedomains/2/isattached', rel: 'isattached' }] },
      ...{ id: '2', href: '/ovirt-engine/api/storagedomains/2', master: false, unknown: undefined },
    };
    expect(body(toXml('storage_domain', domain))).toBe(
      '<storage_domain href="/ovirt-engine/api/storagedomains/2" id="2">' +
        '<actions><link href="/ovirt-engine/api/storagedomains/2/isattached" rel="isattached"/></actions>' +
        '<name>ceph</name><description></description><link href="/ovirt-engine/api/storagedomains/2/disks" rel="disks"/>' +
        '<available>5</available><master>false</master><status>active</status>' +
        '<data_center href="/ovirt-engine/api/datacenters/1" id="1"/></storage_domain>',
    );
  });

  it('follows the XSD where members of a base type come first', () => {
    expect(body(toXml('disk', { alias: 'a', vms: collection('vms', [{ id: '1' }]) }))).toBe(
      '<disk><vms><vm id="1"/></vms><alias>a</alias></disk>',
    );
    expect(body(toXml('product_info', { name: 'n', instance_id: 'i' }))).toBe(
      '<product_info><instance_id>i</instance_id><name>n</name></product_info>',
    );
    expect(body(toXml('action', { status: 'complete', job: { id: '1' }, disk: { id: '2' } }))).toBe(
      '<action><disk id="2"/><job id="1"/><status>complete</status></action>',
    );
  });

  it('writes long shared objects between others as they are, without a copy', () => {
    const long = (): WireObject => ({ id: '1', name: 'ä'.repeat(20_000) });
    const shared = share(long());
    const list = (first: WireObject): WireObject => collection('disks', [{ id: '0' }, first, { id: '2' }, first]);
    expect(toXml('disks', list(shared))).toBe(toXml('disks', list(long())));
    const { pieces, length, release } = toXmlBytes('disks', list(shared));
    expect(pieces[1]).toBe(pieces[3]);
    expect(Buffer.concat(pieces)).toHaveLength(length);
    release();
  });

  it('never omits a collection, also when it is empty', () => {
    expect(body(toXml('disks', collection('disks', [])))).toBe('<disks/>');
    expect(body(toXml('vm', { disk_attachments: { disk_attachment: [] } }))).toBe('<vm><disk_attachments/></vm>');
  });

  it('writes dates, decimals and large numbers as XML Schema has them', () => {
    const values = { a: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), b: 1e21, c: 1e-7, d: -0.5, e: 9007199254740991 };
    expect(body(toXml('x', values))).toBe(
      '<x><a>2026-01-02T03:04:05.006Z</a><b>1000000000000000000000</b><c>0.0000001</c><d>-0.5</d><e>9007199254740991</e></x>',
    );
    expect(() => toXml('x', { a: Number.NaN })).toThrow(RangeError);
    expect(() => toXml('x', { a: new Date(Number.NaN) })).toThrow(RangeError);
  });

  it('escapes markup, and replaces what XML cannot carry', () => {
    expect(body(toXml('x', { id: 'a"\n<', t: '<a>&"\r\n\u0000\ud800😀' }))).toBe(
      '<x id="a&quot;&#10;&lt;"><t>&lt;a&gt;&amp;"&#13;\n\ufffd\ufffd😀</t></x>',
    );
  });

  it('refuses a member that cannot name an element', () => {
    expect(() => toXml('x', { 'a><b': 1 })).toThrow(RangeError);
  });

  it('is read back as what was written, for any document', () => {
    const name = fc.constantFrom('id', 'href', 'name', 'link', 'disk', 'status', 'toString', 'a-b.c_1', 'actions', 'vms');
    const text = fc.string({ unit: 'binary' }).filter((s) => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u.test(s));
    const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }));
    const { node } = fc.letrec<{ node: WireObject }>((tie) => ({
      node: fc.dictionary(name, fc.oneof({ maxDepth: 4 }, scalar, fc.constant(null), tie('node'), fc.array(tie('node'))), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(node, (written) => {
        const read = fromXml(toXml('root', written));
        expect(read).toEqual({ element: 'root', body: asRead(written) || {} });
      }),
      { numRuns: 500 },
    );
  });

  it('writes a list of 1,000 disks', () => {
    const reference = (id: string): WireObject => ({ href: `/ovirt-engine/api/storagedomains/${id}`, id });
    const disk = {
      ...{
        ...reference('5a5bbfe4'),
        name: 'disk',
        alias: 'disk',
        description: '',
        status: 'ok',
        provisioned_size: 1073741824,
        sparse: true,
      },
      actions: { link: ['copy', 'move', 'export', 'reduce', 'sparsify'].map((rel) => ({ href: `/ovirt-engine/api/disks/1/${rel}`, rel })) },
      link: ['permissions', 'statistics', 'disksnapshots'].map((rel) => ({ href: `/ovirt-engine/api/disks/1/${rel}`, rel })),
      ...{ storage_domains: collection('storage_domains', [reference('1')]), disk_profile: reference('2'), storage_type: 'cinder' },
    };
    const disks = collection('disks', Array<WireObject>(1000).fill(disk));
    expect(toXml('disks', disks).match(/<disk /g)).toHaveLength(1000);
  });
});
