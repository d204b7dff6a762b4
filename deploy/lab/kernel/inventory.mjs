// @ts-check
/** All parts of a lab, and the names by which a user may call them. */
import { networkParts } from '../parts/network.mjs';
import { postgresParts } from '../parts/postgres.mjs';
import { redisParts } from '../parts/redis.mjs';
import { natsParts } from '../parts/nats.mjs';
import { rabbitmqParts } from '../parts/rabbitmq.mjs';
import { cephParts } from '../parts/ceph.mjs';
import { cinderParts } from '../parts/cinder.mjs';
import { keystoneParts } from '../parts/keystone.mjs';
import { agentPart } from '../parts/agent.mjs';
import { engineParts } from '../parts/engine.mjs';
import { guestParts } from '../parts/guest.mjs';
import { hostParts, machineOf } from '../parts/host.mjs';
import { LabError } from './run.mjs';

/** @typedef {import('./settings.mjs').Lab} Lab */
/** @typedef {import('./parts.mjs').Part} Part */

/** @param {Lab} lab @returns {Part[]} */
export function partsOf(lab) {
  return [
    ...networkParts(lab),
    ...postgresParts(lab),
    ...redisParts(lab),
    ...natsParts(lab),
    ...rabbitmqParts(lab),
    ...cephParts(lab),
    ...keystoneParts(lab),
    ...cinderParts(lab),
    ...lab.hosts.flatMap((host) => hostParts(lab, host)),
    ...guestParts(lab),
    ...engineParts(lab),
    ...lab.hosts.map((host) => agentPart(lab, host)),
  ];
}

/** Groups that a user may call by one name. @param {Lab} lab @returns {Record<string, string[]>} */
function groupsOf(lab) {
  const hosts = lab.hosts.map((host) => [host, [machineOf(host), `virtlogd-${host}`, `libvirtd-${host}`, `agent-${host}`]]);
  const agents = lab.hosts.map((host) => [`${host}-agent`, [`agent-${host}`]]);
  return {
    ceph: ['mon-a', 'mon-b', 'mon-c', 'mgr', 'osd', 'ceph-pools'],
    cinder: ['cinder-schema', 'cinder-api', 'cinder-scheduler', 'cinder-volume', 'cinder'],
    rabbitmq: ['epmd', 'rabbitmq'],
    keystone: ['keystone-schema', 'keystone'],
    agents: lab.hosts.map((host) => `agent-${host}`),
    ...Object.fromEntries([...hosts, ...agents]),
  };
}

/**
 * The parts that a name stands for.
 * @param {Lab} lab
 * @param {string} name
 * @returns {Part[]}
 */
export function partsNamed(lab, name) {
  const names = groupsOf(lab)[name] ?? [name];
  const parts = partsOf(lab).filter((part) => names.includes(part.name));
  if (parts.length > 0) return parts;
  const known = [
    ...partsOf(lab)
      .filter((part) => part.command)
      .map((part) => part.name),
    ...Object.keys(groupsOf(lab)),
  ];
  throw new LabError(`no part is called ${name}; there are: ${[...new Set(known)].sort().join(' ')}`);
}
