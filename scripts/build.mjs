// Compiles apps and libs with swc, file by file, with the settings of the tests (.swcrc). `npm run typecheck` checks the types.
// dist/ is what is deployed; dist-tests/ has the same once more with the tests' helpers beside it, for processes that tests and benchmarks start.
import { transformFile } from '@swc/core';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const isSource = (path) => path.endsWith('.ts') && !/(\.spec|\.int-spec|\.e2e-spec)\.ts$/.test(path);
const isForTests = (path) => /(^apps\/engine-e2e|^libs\/testing|\/testing)\//.test(path);

/** What the tests' helpers read. */
const isTestData = (path) => isForTests(path) && /\.(txt|json|xml)$/.test(path);

const filesIn = async (folder) => {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((entry) => !entry.includes('node_modules')).map((entry) => join(folder, entry));
};

/** `@clinker/x` becomes a relative path, so that the output runs without any path mapping. */
const resolveAliases = (code, file) =>
  code.replace(/require\("@clinker\/([a-z-]+)(\/[a-z-]+)?"\)/g, (_all, lib, below) => {
    const target = join('libs', lib, 'src', below ?? '', 'index.js');
    const path = relative(dirname(file), target);
    return `require("${path.startsWith('.') ? path : `./${path}`}")`;
  });

const write = async (out, name, code, map) => {
  const target = join(root, out, name);
  await mkdir(dirname(target), { recursive: true });
  await Promise.all([writeFile(target, code), writeFile(`${target}.map`, map ?? '')]);
};

const compile = async (file) => {
  const { code, map } = await transformFile(join(root, file), { cwd: root, root, sourceMaps: true });
  const name = file.replace(/\.ts$/, '.js');
  const text = `${resolveAliases(code, name)}\n//# sourceMappingURL=${name.split('/').pop()}.map\n`;
  const outs = isForTests(file) ? ['dist-tests'] : ['dist', 'dist-tests'];
  await Promise.all(outs.map((out) => write(out, name, text, map)));
};

const copy = async (file) => {
  const target = join(root, 'dist-tests', file);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(root, file), target);
};

await Promise.all(['dist', 'dist-tests'].map((out) => rm(join(root, out), { recursive: true, force: true })));
const all = (await Promise.all(['apps', 'libs'].map(filesIn))).flat();
const files = all.filter(isSource);
await Promise.all([...files.map(compile), ...all.filter(isTestData).map(copy)]);
console.log(`Built ${files.filter((file) => !isForTests(file)).length} files into dist/, with the tests' helpers into dist-tests/`);
