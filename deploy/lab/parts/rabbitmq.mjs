// @ts-check
/** RabbitMQ, Cinder's message bus, with its own epmd, node name and cookie. */
import { mkdirSync } from 'node:fs';
import { writeFile, writeSecret } from '../kernel/files.mjs';
import { accepts, converse } from '../kernel/probes.mjs';
import { killStrays } from '../kernel/processes.mjs';
import { DAEMON_PATH, daemonEnv, inLab } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

export const RABBIT_PATH = '/usr/lib/rabbitmq/bin';

/** One scheduler thread and no busy waiting: the lab is idle most of the time. */
const FRUGAL = '+S 1:1 +SDcpu 1:1 +SDio 1 +A 2 +sbwt none +sbwtdcpu none +sbwtdio none';

/** @param {Lab} lab */
const settings = (lab) => `
listeners.tcp.default = 127.0.0.1:${lab.ports.amqp}
distribution.listener.interface = 127.0.0.1
vm_memory_high_watermark.absolute = 256MB
disk_free_limit.absolute = 50MB
default_user = clinker
default_pass = ${lab.secrets.passwords.rabbitmq}
log.console = true
log.console.level = warning
log.file = false
management_agent.disable_metrics_collector = true
`;

/** @param {Lab} lab */
export function rabbitToolEnv(lab) {
  const folder = inLab(lab, 'rabbitmq');
  return {
    HOME: folder,
    PATH: `${RABBIT_PATH}:${DAEMON_PATH}`,
    ERL_EPMD_PORT: String(lab.ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `rabbit-lab-${lab.slot}@localhost`,
    RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
    RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
    RABBITMQ_LOG_BASE: inLab(lab, 'logs'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: `${folder}/rabbit.pid`,
    RABBITMQ_DIST_PORT: String(lab.ports.amqpDistribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: FRUGAL,
  };
}

/** @param {Lab} lab */
function prepare(lab) {
  const folder = inLab(lab, 'rabbitmq');
  mkdirSync(`${folder}/mnesia`, { recursive: true });
  writeSecret(`${folder}/rabbitmq.conf`, settings(lab));
  writeFile(`${folder}/rabbitmq-env.conf`, '');
  writeFile(`${folder}/enabled_plugins`, '[].\n');
  writeFile(`${folder}/.erlang.cookie`, lab.secrets.passwords.erlangCookie, 0o400);
}

/** @param {Lab} lab */
export const amqpUrl = (lab) => `rabbit://clinker:${lab.secrets.passwords.rabbitmq}@127.0.0.1:${lab.ports.amqp}/`;

/** A broker that takes part in the protocol answers an unknown header with its own and closes. @param {Lab} lab */
async function answers(lab) {
  const answer = await converse({ host: '127.0.0.1', port: lab.ports.amqp }, 'HELLO...');
  return answer.subarray(0, 4).toString() === 'AMQP';
}

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function rabbitmqParts(lab) {
  const epmd = ['-port', String(lab.ports.epmd), '-address', '127.0.0.1'];
  return [
    {
      name: 'epmd',
      needs: [],
      // RabbitMQ starts one of its own when it misses this one.
      prepare: () => killStrays(lab.folder, 'epmd'),
      command: () => ({ command: 'epmd', args: epmd, env: daemonEnv() }),
      ready: () => accepts({ host: '127.0.0.1', port: lab.ports.epmd }),
    },
    {
      name: 'rabbitmq',
      needs: ['epmd'],
      prepare: () => prepare(lab),
      command: () => ({ command: `${RABBIT_PATH}/rabbitmq-server`, args: [], env: daemonEnv(rabbitToolEnv(lab)) }),
      ready: () => answers(lab),
    },
  ];
}
