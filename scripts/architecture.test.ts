/** The house holds: which room may import which, and that whatever is pure stays pure. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each room may import of the others; anything that is not listed is forbidden. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'packages/schema': [],
  'packages/core': ['schema'],
  'packages/connector-sdk': ['schema', 'core'],
  'packages/service-kit': ['schema', 'core'],
  'packages/synthetic-ruhr': ['schema'],
  'packages/demo-provider': ['schema'],
  'packages/testkit': ['schema', 'core'],
  'services/broker': ['schema', 'core', 'connector-sdk', 'service-kit'],
  'services/registry-node': ['schema', 'core', 'connector-sdk', 'service-kit'],
  'apps/cli': ['schema', 'core', 'connector-sdk'],
  'apps/laptop': [
    'schema',
    'core',
    'connector-sdk',
    'service-kit',
    'synthetic-ruhr',
    'broker',
    'registry-node',
    'cli',
    'demo-provider',
  ],
};

/** Tests and contract suites may also use the test kit and the invented region. */
const testRooms = ['testkit', 'synthetic-ruhr', 'demo-provider'];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
  readonly isTest: boolean;
}

const imports: readonly Import[] = globSync('{packages,services,apps}/*/src/**/*.ts', { cwd: root }).flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => ({
      file,
      room: file.split('/').slice(0, 2).join('/'),
      specifier,
      isTest: /\.(test|case)\.ts$/.test(file) || file.includes('/test/'),
    }),
  ),
);

const offenders = (isFault: (one: Import) => boolean): string[] =>
  imports.filter(isFault).map(({ file, specifier }) => `${file} imports ${specifier}`);

/** Path inside src that a relative import leads to, or null for a package. */
const target = ({ file, specifier }: Import): string | null =>
  specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : null;

const inside = (path: string, folder: string): boolean => path.includes(`/src/${folder}/`);

/** Everything that loading a file loads: its static imports but those of types, and theirs. */
function loadedFrom(file: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export) (?!type )[^;']*?from '([^']+)'/gm)) {
    const name = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    if (found.has(name)) continue;
    found.add(name);
    if (specifier.startsWith('.')) loadedFrom(name, found);
  }
  return found;
}

describe('the house', () => {
  it('was looked at: every room has files and imports', () => {
    for (const room of Object.keys(rooms))
      expect(imports.filter((one) => one.room === room).length, room).toBeGreaterThan(0);
  });

  it('keeps its arrows: schema, core, connector-sdk, services, apps, and never service to service', () => {
    expect(
      offenders(({ room, specifier, isTest }) => {
        const name = /^@revier\/([^/]+)/.exec(specifier)?.[1];
        if (name === undefined) return false;
        return !(rooms[room]?.includes(name) || (isTest && testRooms.includes(name)));
      }),
    ).toEqual([]);
  });

  it('has no back doors: packages are entered by their name, never by a path into them', () => {
    expect(
      offenders(
        (one) =>
          /^@revier\/[^/]+\//.test(one.specifier) || (target(one) !== null && !target(one)?.startsWith(`${one.room}/`)),
      ),
    ).toEqual([]);
  });

  it('keeps the core pure: no input, output, clock or randomness', () => {
    const allowed = new Set(['node:crypto', 'canonicalize', 'zod', '@revier/schema']);
    expect(
      offenders(
        ({ room, specifier, isTest }) =>
          room === 'packages/core' && !isTest && !specifier.startsWith('.') && !allowed.has(specifier),
      ),
    ).toEqual([]);
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom(Bytes|UUID|Int)\b|\bprocess\.|\bfetch\(|\bsetTimeout\b/;
    const files = globSync('packages/core/src/**/*.ts', { cwd: root }).filter(
      (file) => !/\.(test|case)\.ts$/.test(file),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => impure.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  it('keeps use cases free of adapters, fastify and kysely, and routes free of the database', () => {
    expect(
      offenders((one) => {
        const path = target(one) ?? one.specifier;
        if (one.isTest) return false;
        if (inside(one.file, 'use-cases'))
          return inside(path, 'adapters') || inside(path, 'db') || ['fastify', 'kysely', 'pg'].includes(one.specifier);
        return (
          inside(one.file, 'routes') && (inside(path, 'db') || inside(path, 'adapters') || one.specifier === 'kysely')
        );
      }),
    ).toEqual([]);
  });

  it.each([
    ['packages/connector-sdk', ['@duckdb/node-api', 'pg', 'kysely']],
    ['packages/service-kit', ['bullmq', 'ioredis', 'prom-client', '@opentelemetry/api']],
  ])('loads what is large only where it is opened: %s', (room, large) => {
    const loaded = loadedFrom(`${room}/src/index.ts`);
    expect(loaded.size).toBeGreaterThan(20);
    expect([...loaded].filter((specifier) => large.includes(specifier))).toEqual([]);
    const all = imports.filter((one) => one.room === room).map(({ specifier }) => specifier);
    expect(large.filter((specifier) => !all.includes(specifier))).toEqual([]);
  });

  it('reads the environment in one place of each service', () => {
    const files = globSync('{packages,services,apps}/*/src/**/*.ts', { cwd: root }).filter(
      (file) => !/\.(test|case)\.ts$/.test(file) && !file.startsWith('packages/testkit/'),
    );
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(root, file), 'utf8')));
    expect(readers.filter((file) => !/(config|main|bin)\.ts$/.test(file))).toEqual([]);
  });

  it('opens every file with a sentence that says which room it is', () => {
    const files = globSync('{packages,services,apps,scripts,e2e,bench}/**/*.ts', {
      cwd: root,
      exclude: (file) => String(file).includes('node_modules'),
    });
    expect(files.length).toBeGreaterThan(50);
    expect(
      files.filter((file) => !/^(#!.*\n)?\/\*\*[\s\S]{20,}?\*\//.test(readFileSync(join(root, file), 'utf8'))),
    ).toEqual([]);
  });
});
