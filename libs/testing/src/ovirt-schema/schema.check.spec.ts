import { schemaFaultsOfAnswer, schemaFaultsOfJson, schemaFaultsOfXml } from './schema.check';

describe('the schema of answers', () => {
  it.each([
    '<disks/>',
    '<disk href="/a" id="1"><actions><link href="/a/b" rel="b"/></actions><name>n</name><link href="/x" rel="y"/><status>ok</status></disk>',
    '<vm id="1"><cpu><topology><cores>1</cores><sockets>1</sockets></topology></cpu><os><boot><devices><device>hd</device></devices></boot></os></vm>',
    '<statistic id="1"><values><value><datum>0.5</datum></value></values></statistic>',
    '<fault><detail>d</detail><reason>r</reason></fault>',
  ])('allows %s', (xml) => expect(schemaFaultsOfXml(xml)).toEqual([]));

  it.each([
    ['<disk><nonsense/></disk>', 'disk: there is no nonsense'],
    ['<disk><status>ok</status><name>n</name></disk>', 'disk: name must come before status'],
    ['<disk><name>n</name><name>m</name></disk>', 'disk: name comes twice'],
    ['<disk><status>fine</status></disk>', "disk/status: 'fine' is no DiskStatus"],
    ['<disk><provisioned_size>1 GiB</provisioned_size></disk>', "disk/provisioned_size: '1 GiB' is no l"],
    ['<vm><stateless>yes</stateless></vm>', "vm/stateless: 'yes' is no b"],
    ['<vm><start_time>today</start_time></vm>', "vm/start_time: 'today' is no t"],
    ['<disk size="1"/>', 'disk: there is no attribute size'],
    ['<disks>1</disks>', 'disks: holds text'],
    ['<thing/>', 'there is no root thing'],
  ])('refuses %s', (xml, fault) => expect(schemaFaultsOfXml(xml)).toEqual([fault]));

  const ID = '9414bf4b-c504-4784-b840-4fe78cc12181';

  it.each([
    ['GET', '', 200, '{"product_info":{"name":"oVirt Engine"}}'],
    ['GET', `/vms/${ID}/nics`, 200, '{"nic":[{"id":"1"}]}'],
    ['GET', `/vms/${ID}`, 200, '{"stateless":"false"}'],
    ['POST', `/vms/${ID}/start`, 200, '{"status":"complete"}'],
    ['POST', '/disks', 202, '{"alias":"d"}'],
    ['POST', `/storagedomains/${ID}/disks`, 200, '{"disk":[{"alias":"d"},{"alias":"e"}]}'],
    ['DELETE', `/disks/${ID}`, 200, '{"status":"complete"}'],
    ['DELETE', `/disks/${ID}`, 409, '{"detail":"d","reason":"r"}'],
    ['POST', `/vms/${ID}/start`, 409, '{"fault":{"reason":"r"},"status":"failed"}'],
    ['GET', `/openstackvolumeproviders/${ID}/volumetypes`, 200, '{"open_stack_volume_type":[]}'],
  ])('knows what the JSON answer to %s %s is (%i)', (method, path, status, json) => {
    const exchange = { method, path, status };
    expect(schemaFaultsOfAnswer(exchange, 'application/json', json)).toEqual([]);
    expect(schemaFaultsOfAnswer(exchange, 'application/json', '{"nonsense":"x"}')).toHaveLength(1);
  });

  it('knows JSON as well', () => {
    expect(schemaFaultsOfJson('vms', '{"vm":[{"id":"1","href":"/x","stateless":"false","start_time":1500000000000}]}')).toEqual([]);
    expect(schemaFaultsOfJson('vms', '{"vm":[{"stateless":"no"}]}')).toEqual(["vms/vm/stateless: 'no' is no b"]);
  });
});
