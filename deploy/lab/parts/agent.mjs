// @ts-check
/** Clinker's host-agent, inside its host. */
import { existsSync, rmSync } from 'node:fs';
import { natsSeedFile } from '../kernel/secrets.mjs';
import { hostAddress, inLab } from '../kernel/settings.mjs';
import { absenceOf, entryOf, isOutdated, recordBuild } from './build.mjs';
import { hostFolder } from './host-files.mjs';
import { insideHost, STOP_INSIDE } from './host.mjs';
import { natsUrl } from './nats.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/** Where the guests' serial consoles are written: the same path inside the host and outside. @param {Lab} lab @param {string} host */
export const consoleFolder = (lab, host) => `${hostFolder(lab, host)}/consoles`;

/** @param {Lab} lab @param {string} host */
const settings = (lab, host) => ({
  CLINKER_HOST_NAME: host,
  NATS_URL: natsUrl(lab),
  NATS_CA: inLab(lab, 'tls/ca.crt'),
  NATS_NKEY_SEED_FILE: natsSeedFile(lab, host),
  LIBVIRT_SOCKET: '/run/libvirt/libvirt-sock',
  CLINKER_RUN_FOLDER: '/run/clinker',
  CLINKER_CONSOLE_FOLDER: consoleFolder(lab, host),
  CLINKER_STATE_FOLDER: `${hostFolder(lab, host)}/state`,
  CLINKER_MEMORY_FOLDER: `${hostFolder(lab, host)}/memory`,
  CLINKER_EMULATION: 'qemu',
  CLINKER_MY_IP: hostAddress(lab, host),
  CLINKER_CONSOLE_ADDRESS: hostAddress(lab, host),
  CLINKER_LOG_LEVEL: process.env['CLINKER_LOG_LEVEL'] ?? 'info',
  NODE_ENV: 'production',
});

/** @param {Lab} lab @param {string} host @returns {import('../kernel/parts.mjs').Part} */
export function agentPart(lab, host) {
  const name = `agent-${host}`;
  const joined = `${hostFolder(lab, host)}/run/clinker/ready`;
  return {
    name,
    needs: [`libvirtd-${host}`, 'nats', 'engine'],
    absence: () => absenceOf('host-agent') ?? absenceOf('engine'),
    outdated: () => isOutdated(lab, name, 'host-agent', settings(lab, host)),
    prepare: () => {
      rmSync(joined, { force: true });
      recordBuild(lab, name, 'host-agent', settings(lab, host));
    },
    command: () =>
      insideHost(
        lab,
        host,
        [process.execPath, '--enable-source-maps', '--max-semi-space-size=2', entryOf('host-agent')],
        settings(lab, host),
      ),
    ready: () => existsSync(joined),
    stop: STOP_INSIDE,
  };
}
