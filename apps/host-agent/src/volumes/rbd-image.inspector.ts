import { AgentError, type Monitor } from '@clinker/agent-protocol';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { withKeyFile } from './key.file';

/** What of a cluster is needed to look at an image. */
export interface RbdAccess {
  readonly monitors: readonly Monitor[];
  readonly configFile: string;
  /** Null for a cluster without cephx. `key` is base64, as in a keyring. */
  readonly auth: { readonly user: string; readonly key: string } | null;
}

const infoSchema = z.object({ size: z.number().int().nonnegative() });

const DEADLINE_MS = 4_000;
const MOST_OUTPUT = 65_536;
/** errno values that the `rbd` tool ends with. */
const EPERM = 1;
const ENOENT = 2;
const EACCES = 13;
const EINVAL = 22;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Looks at RBD images with ceph-common's `rbd info`: another process, so that a cluster that does not answer can be given up by SIGKILL.
 * The key goes through a file in a folder on tmpfs that only root can read, and never through argv or the environment.
 */
export class RbdImageInspector {
  constructor(
    private readonly keyFolder: string,
    private readonly program = 'rbd',
  ) {}

  /**
   * The size of an image in bytes.
   * @throws AgentError `image_not_found`, `access_denied`, `monitors_unreachable` (no answer in 4 s, or a failure that may pass)
   */
  async size(image: string, access: RbdAccess): Promise<number> {
    return withKeyFile(this.keyFolder, access.auth?.key ?? null, async (keyFile) => {
      const ended = await run(this.program, rbdArguments(image, access, keyFile));
      if (ended.code !== 0) throw classify(image, withoutKey(ended, access));
      return infoSchema.parse(JSON.parse(ended.stdout)).size;
    });
  }

  /** Removes key files that a killed agent left. */
  async clear(): Promise<void> {
    await rm(this.keyFolder, { recursive: true, force: true });
  }
}

function rbdArguments(image: string, access: RbdAccess, keyFile: string | null): string[] {
  const identity = access.auth && keyFile ? ['--id', access.auth.user, '--keyfile', keyFile] : ['--auth-client-required', 'none'];
  const monitors = access.monitors.map(monitorAddress).join(',');
  return [
    '--conf',
    access.configFile,
    ...identity,
    '--mon-host',
    monitors,
    '--format',
    'json',
    'info',
    '--image',
    ...imageArguments(image),
  ];
}

/** Pool, namespace and name each by an option of their own: a name that begins with a dash stays a name. */
function imageArguments(image: string): string[] {
  const [pool = '', ...rest] = image.split('/');
  const name = rest.at(-1) ?? '';
  return [name, '--pool', pool, ...(rest.length > 1 ? ['--namespace', rest[0] ?? ''] : [])];
}

/** As librados reads it; without a port it tries both protocols on their own. */
export function monitorAddress({ host, port }: Monitor): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    const output = { stdout: '', stderr: '' };
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    }, DEADLINE_MS);
    child.stdout.on('data', (chunk: Buffer) => (output.stdout = (output.stdout + chunk.toString()).slice(0, MOST_OUTPUT)));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr = (output.stderr + chunk.toString()).slice(0, MOST_OUTPUT)));
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new AgentError('internal', `the tool '${program}' of ceph-common cannot be run on this host`, { cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output, timedOut });
    });
  });
}

/** What a failure of `rbd info` means: its exit code is the errno. librados quotes a key that it cannot decode, so only the tool's own last line is told. */
export function classify(image: string, { code, stderr, timedOut }: Ended): AgentError {
  if (timedOut) return new AgentError('monitors_unreachable', `the cluster of ${image} did not answer within ${DEADLINE_MS} ms`);
  const said = lastLine(stderr);
  if (code === EACCES || code === EPERM)
    return new AgentError('access_denied', `the cluster refuses this user and key access to ${image}: ${said}`);
  if (code === EINVAL) return new AgentError('access_denied', `the key for ${image} is no Ceph key: ${said}`);
  if (code === ENOENT) return new AgentError('image_not_found', `there is no image ${image}: ${said}`);
  return new AgentError('monitors_unreachable', `the cluster of ${image} cannot be used: ${said}`);
}

const withoutKey = (ended: Ended, { auth }: RbdAccess): Ended => ({
  ...ended,
  stderr: auth ? ended.stderr.replaceAll(auth.key, '***') : ended.stderr,
});

/** What a tool said last. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 500) ?? '';
