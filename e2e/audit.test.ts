/** The audit logs of a federation of processes: witnessed by each other, verified offline, held against each other, and read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { slugs } from './harness/members.ts';
import { call, type Said } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';

let federation: Federation;
const folderOf = (slug: string): string => folders(federation.folder).node(slug);
const fileOf = (name: string): string => join(federation.folder, `${name}.jsonl`);

const run = (...args: string[]): Promise<Said> => call(args);
const exported = (slug: string) => run('audit', 'export', '--folder', folderOf(slug), '--out', fileOf(slug));
const verify = (...args: string[]) => run('audit', 'verify', ...args, '--folder', folderOf('krebsregister'));

beforeAll(async () => {
  federation = await startFederation();
  await federation.ask();
  // A round signs and tells; in the next one the others have followed; the one after brings what they said.
  for (const _ of [1, 2]) for (const slug of slugs) expect(await exported(slug)).toMatchObject({ code: 0 });
  const broker = ['audit', 'export', 'broker', '--folder', folderOf('krebsregister'), '--out', fileOf('broker')];
  expect(await run(...broker)).toMatchObject({ code: 0 });
  for (const slug of slugs) await exported(slug);
  expect(await run(...broker)).toMatchObject({ code: 0 });
});
afterAll(() => federation?.stop());

describe('the audit log of every participant', () => {
  it.each([...slugs, 'broker'])('holds, and others vouch for it: %s', async (name) => {
    const others = [...slugs].filter((slug) => slug !== name).map(fileOf);
    const { code, out } = await verify('full', fileOf(name), ...others, '--witnesses', '2', '--json');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('"verdict": "ok"') });
  });

  it('names no person in what is exported', async () => {
    for (const slug of slugs) expect(await readFile(fileOf(slug), 'utf8')).not.toMatch(/salt|#ada|#person/i);
  });

  it('is found tampered, incomplete or unwitnessed by the exit code', async () => {
    const lines = (await readFile(fileOf('bochum'), 'utf8')).split('\n');
    const file = fileOf('changed');
    await writeFile(file, lines.map((line) => line.replace('released', 'refused')).join('\n'));
    expect((await verify('full', file)).code).toBe(2);
    await writeFile(file, lines.filter((line) => !line.includes('"kind":"entry"')).join('\n'));
    expect((await verify('full', file)).code).toBe(3);
    expect((await verify('full', fileOf('bochum'), '--witnesses', '90')).code).toBe(4);
    expect((await verify('inclusion', fileOf('bochum'), '0')).code).toBe(0);
    expect((await verify('inclusion', fileOf('bochum'), '5000')).code).toBe(3);
  });

  it('agrees with what the broker says, and every decision can be made again', async () => {
    for (const slug of slugs) {
      const found = await run('audit', 'reconcile', fileOf('broker'), fileOf(slug), '--folder', folderOf(slug));
      expect(found).toMatchObject({ code: 0 });
    }
  });
});

describe('a data protection officer', () => {
  const who = (...args: string[]) =>
    run('audit', 'who', '--folder', folderOf('krebsregister'), '--by', 'A. Officer', '--json', ...args);

  it('learns who asked about a place, why, and what left', async () => {
    const { code, out } = await who('--about', 'F');
    expect(code).toBe(0);
    const [asked] = JSON.parse(out);
    expect(asked).toMatchObject({ decision: 'released', touches: 'included', mode: 'L' });
    expect(asked.person).toContain('did:web:');
    expect(asked.purpose).toMatch(/^(ehds|gdng):/);
    expect(JSON.parse((await who('--about', 'NOTHING')).out)).toEqual([]);
  });

  it('leaves a trace', async () => {
    const decisions = await (await fetch(`${federation.nodes.krebsregister.url()}/v1/decisions`)).text();
    expect(decisions).toContain('log-read');
    expect(decisions).not.toContain('A. Officer');
  });

  it('can have it forgotten whom the log is about, and the log holds', async () => {
    const folder = ['--folder', folderOf('krebsregister')];
    const erased = await run('audit', 'erase', ...folder, '--by', 'A. Officer', '--before', '2020-01-01', '--json');
    expect(JSON.parse(erased.out)).toEqual({ erased: 0, before: '2020-01-01T00:00:00.000Z' });
    expect(await exported('krebsregister')).toMatchObject({ code: 0 });
    expect((await verify('full', fileOf('krebsregister'))).code).toBe(0);
  });

  it('is asked for the key of the node: others on the machine learn nothing', async () => {
    const url = `${federation.nodes.krebsregister.url()}/v1/audit/`;
    expect((await fetch(`${url}export`)).status).toBe(401);
    const body = JSON.stringify({ reader: 'nobody' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}who`, { method: 'POST', body, headers })).status).toBe(401);
  });
});
