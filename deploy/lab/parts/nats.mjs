// @ts-check
/** NATS with TLS and one nkey per client; what each may say and hear follows from its name. */
import { writeFile } from '../kernel/files.mjs';
import { converse } from '../kernel/probes.mjs';
import { ensureNkeys } from '../kernel/secrets.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/** @param {string} name */
function permissionsOf(name) {
  if (name === 'engine') return { publish: ['clinker.host.>', '_INBOX.>'], subscribe: ['clinker.engine.>', '_INBOX.engine.>'] };
  return { publish: [`clinker.engine.${name}.>`, '_INBOX.engine.>'], subscribe: [`clinker.host.${name}.>`, `_INBOX.${name}.>`] };
}

/** @param {Lab} lab @param {Record<string, string>} keys public nkeys by name */
function settings(lab, keys) {
  const users = Object.entries(keys).map(([name, nkey]) => ({ nkey, permissions: permissionsOf(name) }));
  const tls = `cert_file: "${inLab(lab, 'tls/nats.crt')}", key_file: "${inLab(lab, 'tls/nats.key')}", timeout: 5`;
  return [
    `server_name: clinker-lab-${lab.slot}`,
    `listen: "${lab.address}:${lab.ports.nats}"`,
    `tls: { ${tls} }`,
    `authorization: { users: ${JSON.stringify(users, null, 1)} }`,
    'max_payload: 1MB',
    'write_deadline: "5s"',
    '',
  ].join('\n');
}

/** @param {Lab} lab */
export const natsUrl = (lab) => `tls://${lab.address}:${lab.ports.nats}`;

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function natsParts(lab) {
  const file = inLab(lab, 'nats', 'nats.conf');
  const greeted = (/** @type {Buffer} */ answer) => answer.includes('\r\n');
  return [
    {
      name: 'nats',
      needs: ['network'],
      prepare: async () => writeFile(file, settings(lab, await ensureNkeys(lab))),
      command: () => ({ command: 'nats-server', args: ['-c', file], env: daemonEnv({ GOMEMLIMIT: '64MiB' }) }),
      ready: async () => (await converse({ host: lab.address, port: lab.ports.nats }, '', greeted)).includes('INFO'),
    },
  ];
}
