import { transformFile } from '@swc/core';
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FileTree } from '../testing/files.testing';

const execute = promisify(execFile);

const REPOSITORY = resolve(__dirname, '../../../..');
const IDENTITY = { host: 'host-9', ip: '192.0.2.10' };

const OS_BRICK = `
import json
import os_brick.privileged
os_brick.privileged.default.set_client_mode(False)
from os_brick.initiator import connector
print(json.dumps(connector.get_connector_properties(None, '${IDENTITY.ip}', True, False, '${IDENTITY.host}')))
`;

const OURS = `
const { ConnectorPropertiesReader } = require('./connector-properties.reader.js');
new ConnectorPropertiesReader().read(${JSON.stringify(IDENTITY)}).then((properties) => console.log(JSON.stringify(properties)));
`;

/** Lays folders over the host's own in a mount namespace that ends with the commands; os-brick first, because it may write. */
const SCRIPT = `
set -e
mount --make-rprivate /
cd "$1"
for folder in $(cd over && find . -mindepth 2 -maxdepth 2 -type d); do mount --bind "over/$folder" "/$folder"; done
/usr/bin/python3 os-brick.py 2>/dev/null
"$2" ours/main.js
`;

type Properties = Record<string, unknown>;

/** Files that the host shall have, by path; their folders take the place of the host's. */
async function bothOn(files: Record<string, string>): Promise<{ theirs: Properties; ours: Properties }> {
  const over = Object.fromEntries(Object.entries(files).map(([path, text]) => [`over/${path}`, text]));
  const tree = await FileTree.create({ 'over/.keep': '', 'os-brick.py': OS_BRICK, 'ours/main.js': OURS, 'script.sh': SCRIPT, ...over });
  try {
    await compileInto(join(tree.root, 'ours'));
    const inHost = [
      'deploy/lab/lab.mjs',
      'exec',
      'host-1',
      'unshare',
      '-m',
      'sh',
      join(tree.root, 'script.sh'),
      tree.root,
      process.execPath,
    ];
    const { stdout } = await execute(process.execPath, inHost, { cwd: REPOSITORY });
    const [theirs, ours] = stdout
      .trim()
      .split('\n')
      .map((line) => sorted(JSON.parse(line) as Properties));
    return { theirs: theirs ?? {}, ours: ours ?? {} };
  } finally {
    await tree.remove();
  }
}

async function compileInto(folder: string): Promise<void> {
  const sources = (await readdir(__dirname)).filter((name) => name.endsWith('.ts') && !name.includes('spec'));
  for (const name of sources) {
    const { code } = await transformFile(join(__dirname, name), { cwd: REPOSITORY, jsc: { externalHelpers: false } });
    await writeFile(join(folder, name.replace('.ts', '.js')), code);
  }
}

/** os-brick gives the lists in the order of the directory. */
const sorted = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, Array.isArray(value) ? [...(value as string[])].sort() : value]),
  );

describe('connector properties beside the real os-brick, on one host', () => {
  const port = (number: number, state: string): Record<string, string> => ({
    [`sys/class/fc_host/host${number}/port_name`]: `0x21000024ff00000${number}\n`,
    [`sys/class/fc_host/host${number}/node_name`]: `0x20000024ff00000${number}\n`,
    [`sys/class/fc_host/host${number}/port_state`]: `${state}\n`,
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['the lab’s host as it is', {}, ['initiator', 'nqn']],
    ['neither an initiator nor an NVMe name: os-brick makes the latter', { 'etc/iscsi/other': '', 'etc/nvme/other': '' }, ['nqn']],
    [
      'several initiator names, an alias, and spaces',
      {
        'etc/iscsi/initiatorname.iscsi': '# x\nInitiatorAlias=no\n InitiatorName=no\nInitiatorName= iqn.a \nInitiatorName=iqn.b\n',
        'etc/nvme/hostnqn': 'nqn.x\n\n',
      },
      ['initiator', 'nqn'],
    ],
    ['empty names', { 'etc/iscsi/initiatorname.iscsi': 'InitiatorName=\nInitiatorName=iqn.b\n', 'etc/nvme/hostnqn': '\n' }, []],
    [
      'Fibre Channel and native NVMe multipath',
      {
        ...port(1, 'Online'),
        ...port(2, 'Offline'),
        ...port(3, 'Online'),
        'sys/class/fc_host/host4/port_state': 'Online\n',
        'sys/module/nvme_core/parameters/multipath': 'Y\n',
      },
      ['wwpns', 'wwnns'],
    ],
    ['Fibre Channel offline and a system UUID', { ...port(1, 'Linkdown'), 'sys/class/dmi/id/product_uuid': 'ABCD-1\n' }, ['system uuid']],
  ])('are equal with %s', async (_name, files, keys) => {
    const { theirs, ours } = await bothOn(files);
    expect(ours).toEqual(theirs);
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(['platform', 'os_type', 'ip', 'host', 'multipath', ...keys]));
  });
});
