import { request } from 'undici';
import { labValue } from '../lab';

type Quota = Record<string, number>;

interface Token {
  readonly token: string;
  readonly projectId: string;
}

/** A token of Keystone for one of the lab's accounts. */
async function tokenOf(name: string, password: string, project: string): Promise<Token> {
  const domain = { name: 'Default' };
  const answer = await request(`${labValue('OS_AUTH_URL')}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name, password, domain } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  const { token } = (await answer.body.json()) as { token: { project: { id: string } } };
  return { token: String(answer.headers['x-subject-token']), projectId: token.project.id };
}

/** @param query what is wanted of them, as `?usage=true` */
async function quotaSet<Set = Quota>(admin: Token, projectId: string, changes?: Quota, query = '') {
  const url = `${labValue('CINDER_URL')}/${admin.projectId}/os-quota-sets/${projectId}${query}`;
  const headers = { 'X-Auth-Token': admin.token, 'Content-Type': 'application/json' };
  const put = changes && { method: 'PUT' as const, body: JSON.stringify({ quota_set: changes }) };
  const answer = await request(url, { headers, ...put });
  if (answer.statusCode !== 200) throw new Error(`Cinder answers ${answer.statusCode} to its administrator: ${await answer.body.text()}`);
  return ((await answer.body.json()) as { quota_set: Set }).quota_set;
}

const accounts = () =>
  Promise.all([
    tokenOf(labValue('OS_USERNAME'), labValue('OS_PASSWORD'), labValue('OS_PROJECT_NAME')),
    tokenOf(labValue('LAB_CINDER_USER'), labValue('LAB_CINDER_PASSWORD'), labValue('LAB_CINDER_PROJECT')),
  ]);

/** The volumes that Cinder counts, with those it believes to be on their way: who has lost its database believes that for a day. */
export async function countedVolumes(): Promise<number> {
  const [admin, engine] = await accounts();
  type Counted = Record<string, { in_use: number; reserved: number }>;
  const { volumes } = await quotaSet<Counted>(admin, engine.projectId, undefined, '?usage=true');
  return volumes!.in_use + volumes!.reserved;
}

/** Runs something while the engine's project in Cinder has other quotas, and puts them back whatever happens. */
export async function withQuota<T>(quota: Quota, work: () => Promise<T>): Promise<T> {
  const [admin, engine] = await accounts();
  const before = await quotaSet(admin, engine.projectId);
  try {
    await quotaSet(admin, engine.projectId, quota);
    return await work();
  } finally {
    await quotaSet(admin, engine.projectId, Object.fromEntries(Object.keys(quota).map((name) => [name, before[name]!])));
  }
}
