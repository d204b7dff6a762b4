import { readFileSync } from 'node:fs';
import {
  connectionProcedures,
  deviceProcedures,
  domainProcedures,
  memoryProcedures,
  nodeProcedures,
  secretProcedures,
} from './remote.procedures';
import { REMOTE_PROGRAM } from './procedure';

/** Every procedure of the libvirt that is installed, for tracing tools: part of its package. */
const TAPSET = '/usr/share/systemtap/tapset/libvirt_functions.stp';

const ours = [
  ...Object.values(connectionProcedures),
  ...Object.values(nodeProcedures),
  ...Object.values(domainProcedures),
  ...Object.values(deviceProcedures),
  ...Object.values(memoryProcedures),
  ...Object.values(secretProcedures),
].filter(({ program }) => program === REMOTE_PROGRAM);

describe('procedures of the installed libvirt', () => {
  const [, section = ''] = readFileSync(TAPSET, 'utf8').split(`program == ${REMOTE_PROGRAM} && version == 1`);
  const names = new Map([...section.matchAll(/proc == (\d+)\) \{\s+procstr = "(\w+)"/g)].map(([, number, name]) => [Number(number), name]));

  it.each(ours.map(({ name, number }) => [name, number] as const))('%s has number %d', (name, number) => {
    expect(names.get(number)).toBe(name.toLowerCase());
  });
});
