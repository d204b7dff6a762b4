import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ENGINE = join(__dirname, '..', '..', '..', 'engine', 'src');

const sagas = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.saga.ts'))
  .map((file) => /export class (\w+Saga) /.exec(readFileSync(join(ENGINE, file), 'utf8'))?.[1] ?? file);

const tried = readdirSync(__dirname)
  .filter((file) => file.endsWith('.laws.e2e-spec.ts'))
  .flatMap((file) => [...readFileSync(join(__dirname, file), 'utf8').matchAll(/stepsOf\((\w+)\)/g)].map(([, saga]) => saga));

describe('the laws', () => {
  it('are tried on every saga of the engine', () => {
    expect([...new Set(tried)].sort()).toEqual([...new Set(sagas)].sort());
  });
});
