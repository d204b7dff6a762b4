// @ts-check
/** Redis 7 as BullMQ wants it: append-only file, no eviction. */
import { mkdirSync } from 'node:fs';
import { writeSecret } from '../kernel/files.mjs';
import { converse } from '../kernel/probes.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/** @param {Lab} lab */
const settings = (lab) => `
bind 127.0.0.1
port ${lab.ports.redis}
requirepass ${lab.secrets.passwords.redis}
dir ${inLab(lab, 'redis')}
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
`;

/** @param {Lab} lab */
export const redisUrl = (lab) => `redis://:${lab.secrets.passwords.redis}@127.0.0.1:${lab.ports.redis}/0`;

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function redisParts(lab) {
  const file = inLab(lab, 'redis', 'redis.conf');
  const question = `AUTH ${lab.secrets.passwords.redis}\r\nPING\r\nQUIT\r\n`;
  return [
    {
      name: 'redis',
      needs: [],
      prepare: () => {
        mkdirSync(inLab(lab, 'redis'), { recursive: true });
        writeSecret(file, settings(lab));
      },
      command: () => ({ command: 'redis-server', args: [file], env: daemonEnv() }),
      ready: async () => (await converse({ host: '127.0.0.1', port: lab.ports.redis }, question)).includes('+PONG'),
    },
  ];
}
