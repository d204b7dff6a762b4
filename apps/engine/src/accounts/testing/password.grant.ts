import type { RunningEngine } from '../../testing/running-engine';

/** The answer of the token endpoint to a name and a password. */
export async function logInAt(engine: RunningEngine, username: string, password: string) {
  const { status, text } = await engine.send('/ovirt-engine/sso/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password }).toString(),
  });
  return { status, text, body: JSON.parse(text) as Record<string, string> };
}

/** The texts of an engine's events of this code, the oldest first. */
export async function eventTexts(engine: RunningEngine, code: number): Promise<string[]> {
  const rows = await engine.db.query<{ description: string }[]>('SELECT description FROM event WHERE code = $1 ORDER BY id', [code]);
  return rows.map(({ description }) => description);
}
