import { request } from 'undici';
import { labValue } from '../lab';

const NAME = 'clinker-two';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Keystone, as its administrator. */
async function administrator(): Promise<(method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<Record<string, unknown>>> {
  const url = labValue('OS_AUTH_URL');
  const domain = { id: 'default' };
  const identity = {
    methods: ['password'],
    password: { user: { name: labValue('OS_USERNAME'), domain, password: labValue('OS_PASSWORD') } },
  };
  const auth = { identity, scope: { project: { name: labValue('OS_PROJECT_NAME'), domain } } };
  const type = { 'Content-Type': 'application/json' };
  const answer = await request(`${url}/auth/tokens`, { method: 'POST', headers: type, body: JSON.stringify({ auth }) });
  await answer.body.dump();
  const token = String(answer.headers['x-subject-token']);
  return async (method, path, body) => {
    const headers = { 'X-Auth-Token': token, ...type };
    const { statusCode, body: text } = await request(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const content = await text.text();
    if (statusCode >= 400) throw new Error(`Keystone: ${method} ${path}: ${statusCode} ${content}`);
    return content ? (JSON.parse(content) as Record<string, unknown>) : {};
  };
}

/** Lets the engine's user work in a second project, which is a second provider for it. @returns the project's name */
export async function secondProject(): Promise<string> {
  const keystone = await administrator();
  const list = async (path: string, key: string) => (await keystone('GET', path))[key] as Named[];
  const known = (await list(`/projects?name=${NAME}`, 'projects'))[0];
  const project = known ?? ((await keystone('POST', '/projects', { project: { name: NAME, domain_id: 'default' } }))['project'] as Named);
  const [user] = await list(`/users?name=${labValue('LAB_CINDER_USER')}`, 'users');
  const roles = (await list('/roles', 'roles')).filter(({ name }) => ['admin', 'member', 'service'].includes(name));
  for (const role of roles) await keystone('PUT', `/projects/${project.id}/users/${user!.id}/roles/${role.id}`);
  return NAME;
}
