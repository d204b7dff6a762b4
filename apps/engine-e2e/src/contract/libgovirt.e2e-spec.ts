import { vncAccepts } from '@clinker/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { body } from '../api.client';
import { Installation, PROVIDER } from '../installation';
import { ROOT, labHosts } from '../lab';

jest.setTimeout(120_000);

const execute = promisify(execFile);
const PROGRAM = join(ROOT, 'apps/engine-e2e/src/contract/libgovirt.py');

/** How long (ms) the program may take. */
const PATIENCE_MS = 60_000;

interface Seen {
  readonly name: string;
  readonly state: string;
  readonly display: { readonly type: string; readonly address: string; readonly port: number } | null;
}

describe('libgovirt, unmodified', () => {
  const user = new Installation();

  beforeAll(() => user.ensureStorage());
  afterAll(async () => {
    await user.cleanUp();
    await user.api.close();
  });

  const drives = async <T>(what: string, vm: string): Promise<T> => {
    const { stdout } = await execute('/usr/bin/python3', [PROGRAM, what], { env: { ...process.env, VM: vm }, timeout: PATIENCE_MS });
    return JSON.parse(stdout) as T;
  };

  it('finds, starts, opens and stops a VM', async () => {
    const vmId = await user.vm();
    const { name } = body(await user.api.get(`/vms/${vmId}`)) as unknown as { name: string };
    const seen = await drives<Record<string, unknown> & { running: Seen; ticket: string }>('run', name);
    expect(seen).toMatchObject({
      before: { name, state: 'down' },
      refusal: expect.stringContaining('VM is not running') as string,
      // It does not know domains of the type `volume`, and takes them for the first that it knows.
      domains: { [PROVIDER]: ['data', 'active'] },
      hosts: labHosts(),
      cluster: 'Default',
      dataCenter: 'Default',
      found: [name],
      running: { name, state: 'up', display: { type: 'vnc' } },
      expiry: 7_200,
    });
    const { address, port } = seen.running.display!;
    await expect(vncAccepts({ address, port }, 'another')).resolves.toBe(false);
    await expect(vncAccepts({ address, port }, seen.ticket)).resolves.toBe(true);
    await expect(drives('stop', name)).resolves.toMatchObject({ after: { state: 'down' } });
  });
});
