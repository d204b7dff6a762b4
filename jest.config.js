/** Packages that are ES modules only: Node's `require` takes them, Jest's does not. */
const ES_MODULES = 'openid-client|oauth4webapi|jose';

/**
 * What the three kinds of test have in common; they differ in what they use, and so in the end of their file name.
 * @param {string} displayName
 * @param {string} ending
 * @returns {import('jest').Config}
 */
const project = (displayName, ending) => ({
  displayName,
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs'],
  testMatch: [`**/*${ending}`],
  transform: { '^.+\\.ts$': '@swc/jest', [`/node_modules/(${ES_MODULES})/.+\\.js$`]: '@swc/jest' },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  moduleNameMapper: {
    '^@clinker/sagas/testing$': '<rootDir>/libs/sagas/src/testing/index.ts',
    '^@clinker/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  testEnvironment: 'node',
});

/** `unit` uses nothing outside the process; `integration` single real services; `e2e` the whole lab with engine and agents. */
module.exports = {
  projects: [
    project('unit', '.spec.ts'),
    project('integration', '.int-spec.ts'),
    { ...project('e2e', '.e2e-spec.ts'), setupFiles: ['<rootDir>/apps/engine-e2e/src/worker.lab.ts'] },
  ],
  testTimeout: 30_000,
};
