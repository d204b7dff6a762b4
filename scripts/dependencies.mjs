// Ends with 0 when node_modules holds exactly what package-lock.json asks for, so that npm ci can be left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const packagesOf = (file) => {
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
};

const isCurrent = () => {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  const fits = (path, { version, integrity, optional }) => {
    const found = installed.get(path);
    return found ? found.version === version && found.integrity === integrity : Boolean(optional);
  };
  return [...wanted].every(([path, entry]) => fits(path, entry)) && [...installed.keys()].every((path) => wanted.has(path));
};

const answer = () => {
  try {
    return isCurrent();
  } catch {
    return false;
  }
};

process.exitCode = answer() ? 0 : 1;
