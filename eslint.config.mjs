import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** One sentence of reason with every rule that draws the picture in ARCHITECTURE.md. */
const only = (message, patterns) => ({
  'no-restricted-imports': ['error', { patterns: [].concat(patterns).map((group) => ({ ...group, message })) }],
});

const boundaries = {
  banTransitiveDependencies: false,
  depConstraints: [
    { sourceTag: 'scope:engine', onlyDependOnLibsWithTags: ['scope:engine', 'scope:shared'] },
    {
      sourceTag: 'scope:agent',
      onlyDependOnLibsWithTags: ['scope:agent', 'scope:shared'],
      bannedExternalImports: ['typeorm', 'bullmq', 'pg', 'ioredis'],
    },
    { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
    { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:adapter', 'type:contract', 'type:kernel', 'type:testing'] },
    {
      sourceTag: 'type:adapter',
      onlyDependOnLibsWithTags: ['type:contract', 'type:kernel', 'type:testing'],
      bannedExternalImports: ['@nestjs/*', 'typeorm', 'bullmq'],
    },
    {
      sourceTag: 'type:contract',
      onlyDependOnLibsWithTags: ['type:contract'],
      bannedExternalImports: ['@nestjs/*', 'typeorm', 'bullmq'],
    },
    { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: ['type:kernel', 'type:testing'] },
    {
      sourceTag: 'type:e2e',
      onlyDependOnLibsWithTags: ['type:app', 'type:adapter', 'type:contract', 'type:kernel', 'type:testing'],
    },
  ],
};

const tests = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/*.e2e-spec.ts',
  '**/testing/**/*.ts',
  'libs/testing/**/*.ts',
  'apps/engine-e2e/**/*.ts',
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'dist-tests', '.lab', '.nx', 'coverage', '**/*.mjs', '**/*.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      'no-lone-blocks': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@nx/enforce-module-boundaries': ['error', boundaries],
    },
  },
  // The end-to-end tests fork the real engine with fault points in it: they may import it.
  {
    files: ['apps/engine-e2e/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', { ...boundaries, allow: ['engine/src/'] }] },
  },
  {
    files: ['apps/**/*.ts', 'libs/!(sagas)/**/*.ts'],
    ignores: tests,
    rules: only('There is one way to run in the background: a saga. Only libs/sagas imports bullmq.', { group: ['bullmq'] }),
  },
  {
    files: ['apps/engine/src/**/*.ts'],
    ignores: [
      '**/*.saga.ts',
      '**/*.reconciler.ts',
      '**/*.client.ts',
      '**/*.clients.ts',
      '**/cinder.readers.ts',
      '**/*.module.ts',
      ...tests,
    ],
    rules: only('Only sagas and reconcilers change Cinder or a host; use CinderReader or HostReader.', [
      { group: ['@clinker/cinder'], importNames: ['CinderClient'] },
      { group: ['**/host.client', '**/cinder.clients'] },
      { group: ['bullmq'] },
    ]),
  },
  {
    files: ['apps/engine/src/**/*.controller.ts'],
    rules: only('Controllers translate: they know services and representations, no entity and no adapter.', {
      group: ['typeorm', '**/*.entity', '**/host.client', '**/cinder.clients', '@clinker/cinder', '@clinker/sagas', 'bullmq'],
    }),
  },
  {
    files: ['apps/engine/src/**/*.service.ts'],
    rules: only('Domain errors know nothing of HTTP; services change only the database.', [
      { group: ['express'] },
      { group: ['bullmq'] },
      { group: ['**/host.client', '**/cinder.clients'] },
      { group: ['@clinker/cinder'], importNames: ['CinderClient'] },
      { group: ['@nestjs/common'], importNamePattern: 'Exception$|^HttpStatus$' },
    ]),
  },
  {
    files: ['apps/engine/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `CallExpression[callee.property.name='update'][arguments.0.name=/^(StorageDomain|Disk|Vm|VmSnapshot|DiskSnapshot|Template)$/] > ObjectExpression.arguments:last-child > Property[key.name='status']`,
          message: 'A status changes by its table only: StatusMachine.move.',
        },
      ],
    },
  },
  {
    files: ['apps/engine/src/**/*.saga.ts'],
    rules: only('Domain errors know nothing of HTTP.', [
      { group: ['express', 'bullmq'] },
      { group: ['@nestjs/common'], importNamePattern: 'Exception$|^HttpStatus$' },
    ]),
  },
  {
    files: ['apps/engine/src/**/*.{saga,client,steps}.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Promise', property: 'all', message: 'What still runs when a step has failed is found by no undo: allOf.' },
      ],
    },
  },
  { files: tests, rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
);
