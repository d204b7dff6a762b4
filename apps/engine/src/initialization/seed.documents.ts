import type { Seed } from '@clinker/agent-protocol';
import { createHash } from 'node:crypto';
import type { Initialization } from './initialization.input';
import { networkDocument } from './network.document';

/** For whom the documents are. */
export interface SeedTarget {
  /** Another id than the last one lets cloud-init do its work once more. The same for every look at one start. */
  readonly runId: string;
  /** Addresses of the VM's interfaces. */
  readonly macs: readonly string[];
}

/** What cloud-init finds out by itself from the beginning of a text; all else is cloud-config, as in oVirt. */
const OWN_KIND = /^(#!|#cloud-|#include|#part-handler|## template:)/;

const LINE = 76;

/** What cloud-init calls the user that is not named. */
const ROOT = 'root';

function metaData({ host_name: hostName, authorized_ssh_keys: keys = '' }: Initialization, { runId }: SeedTarget): object {
  const publicKeys = keys
    .split(/\r?\n/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
  return {
    uuid: runId,
    ...(hostName && { hostname: hostName, name: hostName }),
    ...(publicKeys.length > 0 && { public_keys: Object.fromEntries(publicKeys.map((key, index) => [String(index), key])) }),
    availability_zone: 'nova',
    launch_index: 0,
    meta: { dsmode: 'local', essential: 'false', role: 'server' },
  };
}

/** Password and keys are the named user's, or root's. */
function account({ user_name: user, root_password: password, authorized_ssh_keys: keys }: Initialization): object {
  const name = user || ROOT;
  const opened = password || keys;
  return {
    ...((user || opened) && { user: name }),
    ...(name === ROOT && opened && { disable_root: false }),
    ...(password && { password, chpasswd: { expire: false }, ssh_pwauth: true }),
  };
}

const cloudConfig = (initialization: Initialization): object => ({
  ...account(initialization),
  ...(initialization.regenerate_ssh_keys !== undefined && { ssh_deletekeys: initialization.regenerate_ssh_keys }),
  ...(initialization.timezone && { timezone: initialization.timezone }),
});

function part(type: string, text: string): string {
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `Content-Type: ${type}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n${lines.join('\n')}\n`;
}

/**
 * Two configurations as parts of one document: the script's members come later and win, as in oVirt, which appends the script's text to its own.
 * JSON is YAML, so nothing needs quotes.
 */
function userData(initialization: Initialization): string {
  const own = `#cloud-config\n${JSON.stringify(cloudConfig(initialization), null, 2)}\n`;
  const script = initialization.custom_script ?? '';
  if (script.trim() === '') return own;
  const boundary = `=${createHash('sha256').update(script).digest('hex')}`;
  const parts = [part('text/cloud-config', own), part(OWN_KIND.test(script) ? 'text/plain' : 'text/cloud-config', script)];
  const body = parts.map((one) => `--${boundary}\n${one}`).join('');
  return `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${body}--${boundary}--\n`;
}

/** The volume that cloud-init looks for: OpenStack's ConfigDrive, version 2. The same for the same input. */
export function seedDocuments(initialization: Initialization, target: SeedTarget): Seed {
  const network = networkDocument(initialization, target.macs);
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    label: 'config-2',
    files: [
      { path: 'openstack/latest/meta_data.json', content: json(metaData(initialization, target)) },
      { path: 'openstack/latest/user_data', content: userData(initialization) },
      ...(network ? [{ path: 'openstack/latest/network_data.json', content: json(network) }] : []),
    ],
  };
}
