/** The environment: what is read, what is missing, and that no value is ever repeated. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, loadConfig } from './config.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  DATABASE_URL: z.url().optional(),
  REALM: z.enum(['test', 'production']),
  SECRET: z.string().min(8),
});
const good = { REALM: 'test', SECRET: 'long enough' };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'revier-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(schema, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const secretFile = (content: string): string => {
  const file = join(folder, 'secret');
  writeFileSync(file, content);
  return file;
};

describe('the configuration', () => {
  it('is read from named variables only, with defaults', () => {
    expect(loadConfig(schema, { ...good, OTHER: 'x' })).toEqual({ PORT: 8080, REALM: 'test', SECRET: 'long enough' });
    expect(loadConfig(schema, { ...good, PORT: '0' }).PORT).toBe(0);
  });

  it('names all faults at once, and never a value', () => {
    const faults = faultsOf({ PORT: 'eighty', DATABASE_URL: 'hunter2', SECRET: 'short' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'DATABASE_URL', 'REALM', 'SECRET']);
    expect(faults.join()).not.toMatch(/eighty|hunter2|short\b/);
  });

  it('treats an empty variable as missing', () => {
    expect(loadConfig(schema, { ...good, PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 8080 });
    expect(faultsOf({ ...good, REALM: '' })).toHaveLength(1);
  });

  it('reads a secret from a file, without its last line break', () => {
    for (const end of ['', '\n', '\r\n']) {
      const env = { REALM: 'test', SECRET_FILE: secretFile(` with spaces ${end}`) };
      expect(loadConfig(schema, env).SECRET).toBe(' with spaces ');
    }
  });

  it('refuses a secret that is given twice or cannot be read, beside the other faults', () => {
    expect(faultsOf({ ...good, SECRET_FILE: secretFile('long enough'), PORT: '-1' })).toEqual([
      'SECRET: set SECRET or SECRET_FILE, not both',
      expect.stringMatching(/^PORT: /),
    ]);
    expect(faultsOf({ REALM: 'test', SECRET_FILE: join(folder, 'none') })).toEqual([
      'SECRET: the file that SECRET_FILE names cannot be read',
    ]);
    expect(faultsOf({ REALM: 'test', SECRET_FILE: secretFile('\n') })).toEqual([expect.stringMatching(/^SECRET: /)]);
  });

  it('reads well when it fails', () => {
    expect(() => loadConfig(schema, {})).toThrow(/^The configuration has faults:\n {2}REALM: .+\n {2}SECRET: /);
  });
});
