import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Compares with a golden file. GOLDEN=write writes it anew: read the difference before you commit it. */
export function expectGolden(path: string, text: string): void {
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, `${text}\n`);
  if (!existsSync(path)) throw new Error(`${path} is missing; GOLDEN=write makes it`);
  expect(`${text}\n`).toBe(readFileSync(path, 'utf8'));
}
