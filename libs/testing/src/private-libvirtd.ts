import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 20_000;
const LOOK_AGAIN_MS = 20;

/** Folders of libvirt on the machine that are hidden behind folders of our own. */
const hidden = {
  '/run': 'run',
  '/etc/libvirt': 'etc',
  '/var/lib/libvirt': 'lib',
  '/var/log/libvirt': 'log',
  '/var/cache/libvirt': 'cache',
};

/** Without its package's account libvirtd does not start, whatever its configuration says. */
const accounts = {
  '/etc/passwd': 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin',
  '/etc/group': 'libvirt-qemu:x:64055:',
};

/**
 * A libvirtd of its own in a mount namespace, for tests that kill or freeze it. Needs root. It shares nothing with a libvirt that runs
 * on the machine; its socket can be reached from outside.
 */
export class PrivateLibvirtd {
  readonly folder = mkdtempSync(join(tmpdir(), 'clinker-libvirtd-'));
  readonly socketPath = join(this.folder, 'run/libvirt/libvirt-sock');
  #process: ChildProcess | undefined;

  constructor() {
    for (const name of Object.values(hidden)) mkdirSync(join(this.folder, name));
    mkdirSync(join(this.folder, 'run/libvirt'));
    for (const [path, account] of Object.entries(accounts)) {
      const text = readFileSync(path, 'utf8');
      writeFileSync(join(this.folder, basename(path)), text.includes('libvirt-qemu:') ? text : `${text.trimEnd()}\n${account}\n`);
    }
    writeFileSync(join(this.folder, 'etc/libvirtd.conf'), `auth_unix_rw = "none"\nhost_uuid = "${randomUUID()}"\n`);
    writeFileSync(
      join(this.folder, 'etc/qemu.conf'),
      [
        'user = "root"',
        'group = "root"',
        'security_driver = "none"',
        'cgroup_controllers = []',
        'namespaces = []',
        'stdio_handler = "file"',
        'remember_owner = 0',
        '',
      ].join('\n'),
    );
  }

  /** Starts libvirtd, as the first time or again, and returns when it listens. */
  async start(): Promise<void> {
    const files = Object.keys(accounts).map((path) => [path, basename(path)] as const);
    const mounts = [...Object.entries(hidden), ...files].map(([path, name]) => `mount --bind '${join(this.folder, name)}' '${path}'`);
    const script = [...mounts, 'exec libvirtd --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirtd.pid'].join(' && ');
    this.#process = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], { stdio: 'ignore' });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#listens())) {
      if (!this.running || Date.now() > deadline) throw new Error('libvirtd did not open its socket');
      await delay(LOOK_AGAIN_MS);
    }
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Sends a signal, as SIGSTOP or SIGCONT. */
  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Kills libvirtd at once; domains go on. */
  async kill(): Promise<void> {
    if (this.#process === undefined || !this.running) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  /** Ends libvirtd and every QEMU that it started, and removes all of it. */
  async stop(): Promise<void> {
    await this.kill();
    for (const pid of this.#qemuPids()) endProcess(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Process id of the QEMU of a domain. */
  qemuPid(domainName: string): number {
    return Number(readFileSync(join(this.folder, 'run/libvirt/qemu', `${domainName}.pid`), 'utf8'));
  }

  #qemuPids(): number[] {
    const folder = join(this.folder, 'run/libvirt/qemu');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pid'))
      .map((name) => Number(readFileSync(join(folder, name), 'utf8')))
      .filter((pid) => pid > 1);
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ path: this.socketPath });
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
