/** The other commands, the program as it stands, and the same as a library. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verifyQuery } from '@revier/connector-sdk';
import { SignedQuery } from '@revier/schema';
import { lateStageQuestion } from '@revier/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, loadProfile } from './index.ts';
import { type Desk, openDesk } from './testing/desk.case.ts';
import { BROKER } from './testing/small-realm.case.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
  expect((await desk.logIn()).code).toBe(0);
});
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

const options = () => ({ trust: desk.realm.trust, audience: BROKER, realm: 'test' as const, now: new Date() });

describe('revier sign', () => {
  it('sign prints a query that verifies and lasts as long as said', async () => {
    const { code, out } = await desk.revier(['sign', 'question.json', '--deadline', '77']);
    const { envelope } = await verifyQuery(SignedQuery.parse(JSON.parse(out)), options());
    expect(code).toBe(0);
    expect(envelope.exp - envelope.iat).toBe(77);
  });
});

describe('revier catalogue', () => {
  it('lists what there is, verified', async () => {
    const { code, out } = await desk.revier(['catalogue']);
    expect(code).toBe(0);
    expect(out).toContain('urn:revier:register:colorectal-small');
    expect(out).toContain('urn:revier:dataset:registry-cancer-case-1');
    expect(out).toContain('deprivation-2');
    expect(out).toContain('ESP2013-14');
  });

  it('is JSON for programs', async () => {
    const listed: unknown = JSON.parse((await desk.revier(['catalogue', '--json'])).out);
    expect(listed).toMatchObject({ hash: desk.realm.vocabulary.hash, registers: [{ id: desk.realm.register.id }] });
  });
});

describe('ways that are closed', () => {
  it('no broker is told with its address', async () => {
    const text = await readFile(desk.profile, 'utf8');
    await writeFile(desk.profile, JSON.stringify({ ...JSON.parse(text), broker: 'http://127.0.0.1:9' }));
    const { code, err } = await desk.revier(['catalogue']).finally(() => writeFile(desk.profile, text));
    expect([code, err]).toEqual([1, expect.stringContaining('http://127.0.0.1:9')]);
  });

  it("another person's query is not there", async () => {
    const { code, err } = await desk.revier(['answer', '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11']);
    expect([code, err]).toEqual([4, expect.stringContaining('NOT_FOUND')]);
  });
});

describe('the program itself', () => {
  it('runs as it stands, and tells its version', async () => {
    const bin = join(import.meta.dirname, 'bin.ts');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, '--version']);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), '']);
  });
});

describe('as a library', () => {
  it('asks with a profile, and hands every fault to whoever listens', async () => {
    desk.broker.script.signerOf = () => 'city-a';
    const faults: string[] = [];
    const loaded = await loadProfile({ file: desk.profile, cwd: desk.folder, home: desk.folder });
    const answer = await ask(loaded, lateStageQuestion, { onWarning: (fault) => faults.push(fault) });
    expect(answer.state).toBe('complete');
    expect(faults).toHaveLength(2);
  });
});
