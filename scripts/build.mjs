// Compiles apps and libs to dist/ with swc, file by file, with the settings of the tests (.swcrc). `npm run typecheck` checks the types.
import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
const isSource = (path) => path.endsWith('.ts') && !/(\.spec|\.int-spec|\.e2e-spec)\.ts$/.test(path);

const sources = async (folder) => {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((entry) => isSource(entry) && !entry.includes('node_modules')).map((entry) => join(folder, entry));
};

/** `@clinker/x` becomes a relative path, so that dist/ runs without any path mapping. */
const resolveAliases = (code, file) =>
  code.replace(/require\("@clinker\/([a-z-]+)(\/[a-z-]+)?"\)/g, (_all, lib, below) => {
    const target = join('libs', lib, 'src', below ?? '', 'index.js');
    const path = relative(dirname(file), target);
    return `require("${path.startsWith('.') ? path : `./${path}`}")`;
  });

const compile = async (file) => {
  const { code, map } = await transformFile(join(root, file), { cwd: root, root, sourceMaps: true });
  const target = file.replace(/^(apps|libs)/, (top) => join('dist', top)).replace(/\.ts$/, '.js');
  const name = file.replace(/\.ts$/, '.js');
  await mkdir(dirname(join(root, target)), { recursive: true });
  await writeFile(join(root, target), `${resolveAliases(code, name)}\n//# sourceMappingURL=${name.split('/').pop()}.map\n`);
  await writeFile(join(root, `${target}.map`), map ?? '');
};

await rm(out, { recursive: true, force: true });
const files = (await Promise.all(['apps', 'libs'].map(sources))).flat();
await Promise.all(files.map(compile));
console.log(`Built ${files.length} files into dist/`);
