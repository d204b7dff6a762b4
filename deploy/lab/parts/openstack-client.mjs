// @ts-check
/** The few OpenStack requests that the lab itself makes, as the cloud administrator. */
import { openstackEnvironment } from '../kernel/environment.mjs';
import { ask } from '../kernel/probes.mjs';
import { LabError } from '../kernel/run.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/**
 * @typedef {object} Cloud
 * @property {string} project id of the administrator's project
 * @property {(method: string, path: string, json?: unknown) => Promise<any>} call answers the body; an error status is thrown
 * @property {(plural: string, singular: string, wish: Record<string, unknown>) => Promise<string>} ensure finds by name or creates; answers the id
 */

/** @param {Lab} lab */
async function token(lab) {
  const account = openstackEnvironment(lab);
  const domain = { id: 'default' };
  const identity = {
    methods: ['password'],
    password: { user: { name: account['OS_USERNAME'], domain, password: account['OS_PASSWORD'] } },
  };
  const json = { auth: { identity, scope: { project: { name: account['OS_PROJECT_NAME'], domain } } } };
  const answer = await ask(`${account['OS_AUTH_URL']}/auth/tokens`, { method: 'POST', json });
  if (answer.status !== 201) throw new LabError(`Keystone gave the administrator no token: ${answer.status} ${answer.body.slice(0, 300)}`);
  return { value: answer.header('x-subject-token'), project: JSON.parse(answer.body).token.project.id };
}

/**
 * @param {Lab} lab
 * @param {string} base address that the paths are appended to; `{project}` in it becomes the administrator's project
 * @returns {Promise<Cloud>}
 */
export async function openCloud(lab, base) {
  const { value, project } = await token(lab);
  const root = base.replace('{project}', project);
  /** @type {Cloud['call']} */
  const call = async (method, path, json) => {
    const answer = await ask(root + path, { method, json, headers: { 'x-auth-token': value, 'openstack-api-version': 'volume 3.70' } });
    if (answer.status >= 400) throw new LabError(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 500)}`);
    return answer.body ? JSON.parse(answer.body) : {};
  };
  /** @type {Cloud['ensure']} */
  const ensure = async (plural, singular, wish) => {
    const list = Object.values(await call('GET', `/${plural}`)).find(Array.isArray);
    const known = list?.find((/** @type {{name: string}} */ one) => one.name === wish['name']);
    return (known ?? (await call('POST', `/${plural}`, { [singular]: wish }))[singular]).id;
  };
  return { project, call, ensure };
}
