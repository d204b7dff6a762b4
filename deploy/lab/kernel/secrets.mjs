// @ts-check
/** Passwords, certificates and nkeys of one lab: made once, kept in files that only root reads. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readIfThere, writeFile, writeSecret } from './files.mjs';
import { run } from './run.mjs';
import { HOSTS_MAX, inLab, LAB_FOLDER } from './settings.mjs';

/**
 * @typedef {object} Secrets
 * @property {string} clusterId fsid of the Ceph cluster
 * @property {string} secretUuid `rbd_secret_uuid` of Cinder's backend
 * @property {string} osdUuid
 * @property {Record<'postgres'|'redis'|'rabbitmq'|'erlangCookie'|'keystoneAdmin'|'cinderService'|'clinker'|'noservice'|'engineAdmin'|'keyEncryptionKey', string>} passwords
 */

const PASSWORDS = /** @type {const} */ ([
  'postgres',
  'redis',
  'rabbitmq',
  'erlangCookie',
  'keystoneAdmin',
  'cinderService',
  'clinker',
  'noservice',
  'engineAdmin',
]);

const password = () => randomBytes(15).toString('base64url').replaceAll('-', 'x').replaceAll('_', 'y');

/** @returns {Secrets} */
function newSecrets() {
  const passwords = Object.fromEntries(PASSWORDS.map((name) => [name, password()]));
  const keyEncryptionKey = randomBytes(32).toString('hex');
  return /** @type {Secrets} */ ({
    clusterId: randomUUID(),
    secretUuid: randomUUID(),
    osdUuid: randomUUID(),
    passwords: { ...passwords, keyEncryptionKey },
  });
}

/** The lab's secrets; made on the first call. @returns {Secrets} */
export function ensureSecrets() {
  const file = `${LAB_FOLDER}/secrets.json`;
  const text = readIfThere(file);
  if (text) return JSON.parse(text);
  const secrets = newSecrets();
  writeSecret(file, JSON.stringify(secrets, null, 2));
  return secrets;
}

/** @param {import('./settings.mjs').Lab} lab */
function namesOfServer(lab) {
  return `subjectAltName=DNS:localhost,IP:127.0.0.1,IP:${lab.address}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes the lab's own CA and one server certificate per name. @param {import('./settings.mjs').Lab} lab */
export async function ensureCertificates(lab) {
  const folder = inLab(lab, 'tls');
  if (existsSync(`${folder}/engine.crt`)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ca = ['-subj', '/CN=Clinker lab CA', '-days', '3650', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await run('openssl', ['req', '-x509', ...NEW_KEY, ...ca, '-keyout', `${folder}/ca.key`, '-out', `${folder}/ca.crt`]);
  writeFile(`${folder}/server.ext`, namesOfServer(lab));
  for (const name of ['nats', 'engine']) await signCertificate(folder, name);
}

/** @param {string} folder @param {string} name */
async function signCertificate(folder, name) {
  const request = `${folder}/${name}.csr`;
  await run('openssl', ['req', ...NEW_KEY, '-subj', `/CN=clinker-lab-${name}`, '-keyout', `${folder}/${name}.key`, '-out', request]);
  const signer = ['-CA', `${folder}/ca.crt`, '-CAkey', `${folder}/ca.key`, '-CAcreateserial', '-days', '3650'];
  await run('openssl', ['x509', '-req', '-in', request, ...signer, '-extfile', `${folder}/server.ext`, '-out', `${folder}/${name}.crt`]);
}

/** Names that join NATS: the engine and every host there could be. */
export const natsNames = () => ['engine', ...Array.from({ length: HOSTS_MAX }, (_, index) => `host-${index + 1}`)];

/** @param {import('./settings.mjs').Lab} lab @param {string} name */
export const natsSeedFile = (lab, name) => inLab(lab, 'nkeys', `${name}.seed`);

/**
 * Makes one nkey per name; answers their public keys.
 * @param {import('./settings.mjs').Lab} lab
 * @returns {Promise<Record<string, string>>}
 */
export async function ensureNkeys(lab) {
  const { createUser, fromSeed } = await import('nkeys.js').then((module) => module.default ?? module);
  const keys = natsNames().map((name) => {
    const file = natsSeedFile(lab, name);
    if (!existsSync(file)) writeSecret(file, Buffer.from(createUser().getSeed()).toString());
    return [name, fromSeed(Buffer.from(readIfThere(file) ?? '')).getPublicKey()];
  });
  return Object.fromEntries(keys);
}
