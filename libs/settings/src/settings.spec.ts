import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError, durationSetting, readSecretFile, readSettings } from './settings';

const schema = z.object({ PORT: z.coerce.number().int(), NAME: z.string().default('host-1'), EVERY: durationSetting.prefault('2s') });

describe('readSettings', () => {
  it('parses what is there and fills in what is not', () => {
    expect(readSettings(schema, { PORT: '8443', UNRELATED: 'x' })).toEqual({ PORT: 8443, NAME: 'host-1', EVERY: 2_000 });
  });

  it('treats an empty variable as missing', () => {
    expect(readSettings(schema, { PORT: '1', NAME: '' }).NAME).toBe('host-1');
  });

  it('names every wrong variable and shows no value', () => {
    const read = () => readSettings(schema, { PORT: 'geheim', EVERY: 'often' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT[\s\S]*EVERY/);
    expect(read).not.toThrow(/geheim/);
  });
});

describe('readSecretFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));

  it('gives the text without the newline', () => {
    writeFileSync(join(folder, 'key'), 'abc\n');
    expect(readSecretFile(join(folder, 'key'))).toBe('abc');
  });

  it('refuses an empty file', () => {
    writeFileSync(join(folder, 'empty'), '\n');
    expect(() => readSecretFile(join(folder, 'empty'))).toThrow(/is empty/);
  });
});
