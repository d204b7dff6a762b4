// Completes package-lock.json so that `npm ci` accepts it: npm leaves optional packages for other platforms out of the lock when it
// cannot see them, and then refuses its own lock. Each gets an entry that only says for which platform it is. Run it after every `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony', 'wasm32'];
const PROCESSORS = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];

const lockFile = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
const named = (name, list) => list.filter((word) => new RegExp(`(^|[-/])${word}`).test(name)).slice(0, 1);

const platform = (name) => {
  const os = named(name, SYSTEMS);
  if (os.length === 0) throw new Error(`${name} names no platform: is it really optional?`);
  return { os, cpu: named(name, PROCESSORS) };
};

const missing = Object.values(lock.packages)
  .flatMap((entry) => Object.entries(entry.optionalDependencies ?? {}))
  .filter(([name]) => !lock.packages[`node_modules/${name}`] && SYSTEMS.some((word) => name.includes(word)));
for (const [name, version] of missing)
  lock.packages[`node_modules/${name}`] = { version: version.replace(/^[\^~]/, ''), optional: true, ...platform(name) };

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`Added ${missing.length} entries`);
