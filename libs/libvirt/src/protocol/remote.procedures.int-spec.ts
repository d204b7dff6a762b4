import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectionProcedures,
  deviceProcedures,
  domainProcedures,
  memoryProcedures,
  nodeProcedures,
  secretProcedures,
} from './remote.procedures';
import { REMOTE_PROGRAM } from './procedure';

/** Every procedure of libvirt, for tracing tools. */
const TAPSET = '/usr/share/systemtap/tapset/libvirt_functions.stp';

/** Of the package that has it. To install it would start its services, so it is only looked into where it is not installed. */
function tapset(): string {
  if (existsSync(TAPSET)) return readFileSync(TAPSET, 'utf8');
  const cwd = mkdtempSync(join(tmpdir(), 'clinker-tapset-'));
  try {
    execFileSync('apt-get', ['download', '-qq', 'libvirt-daemon-system'], { cwd, stdio: 'ignore' });
    return execFileSync('sh', ['-c', `dpkg-deb --fsys-tarfile *.deb | tar -xO .${TAPSET}`], { cwd, encoding: 'utf8' });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const ours = [
  ...Object.values(connectionProcedures),
  ...Object.values(nodeProcedures),
  ...Object.values(domainProcedures),
  ...Object.values(deviceProcedures),
  ...Object.values(memoryProcedures),
  ...Object.values(secretProcedures),
].filter(({ program }) => program === REMOTE_PROGRAM);

describe('procedures of the installed libvirt', () => {
  const [, section = ''] = tapset().split(`program == ${REMOTE_PROGRAM} && version == 1`);
  const names = new Map([...section.matchAll(/proc == (\d+)\) \{\s+procstr = "(\w+)"/g)].map(([, number, name]) => [Number(number), name]));

  it.each(ours.map(({ name, number }) => [name, number] as const))('%s has number %d', (name, number) => {
    expect(names.get(number)).toBe(name.toLowerCase());
  });
});
