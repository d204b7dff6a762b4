// Lets a plain node process load this project's TypeScript: compiled by swc with the settings of the tests, and with the
// aliases of the libs. For forked test processes only; what is shipped is compiled by scripts/build.mjs.
'use strict';
const Module = require('node:module');
const { join } = require('node:path');
const { transformFileSync } = require('@swc/core');

const root = join(__dirname, '..', '..', '..', '..');
const resolve = Module._resolveFilename;

Module._resolveFilename = (request, ...rest) => {
  const [, lib, below = ''] = /^@clinker\/([a-z-]+)(\/[a-z-]+)?$/.exec(request) ?? [];
  return resolve(lib ? join(root, 'libs', lib, 'src', below, 'index.ts') : request, ...rest);
};

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, { cwd: root, root, sourceMaps: 'inline' });
  module._compile(code, filename);
};
