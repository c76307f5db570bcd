/** Auditing from the command line: what each exit code means, and that no fault is ever taken for a finding. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signGeneral } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import type { LogEntry, Receipt } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { called } from './testing/desk.case.ts';
import { entry, exported } from './testing/exported-log.case.ts';
import { type Actor, of, type SmallRealm, smallRealm } from './testing/small-realm.case.ts';

let folder: string;
let realm: SmallRealm;
let registry: Actor;
let witness: Actor;
let broker: Actor;
const TASK = '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11';
const SUBMISSION = `sha256:${'b'.repeat(64)}`;
const NOON = '2026-03-01T12:00:00Z';
const said = (taskId = TASK): Receipt => ({
  ...{ taskId, submissionId: SUBMISSION, iss: registry.id, aud: broker.id, realm: 'test', attempt: 1, iat: 1 },
  decision: 'refused',
  reasons: [{ code: 'FAILED', pointer: '', hint: '' }],
});
const put = (name: string, text: string) => writeFile(join(folder, name), text);
const revier = (...args: string[]) => called(folder, ['audit', ...args, '--folder', folder]);
const verify = (...args: string[]) => revier('verify', ...args);
const log = (entries: readonly LogEntry[], owner = registry, snapshots: readonly unknown[] = []) =>
  exported({ owner, entries, witnesses: [witness], snapshots });
const refusal = (at = NOON, receipt: Receipt = said()) =>
  entry(at, 'refused', { task: receipt.taskId, receipt: contentHash(receipt) }, ['FAILED']);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-audit-'));
  realm = await smallRealm();
  [registry, witness, broker] = [of(realm.actors, 'registry'), of(realm.actors, 'city-a'), of(realm.actors, 'broker')];
  const settings = { participant: registry.id, realm: 'test', pinnedSigners: realm.pinnedSigners };
  await put('node.json', JSON.stringify(settings));
  await put('trust-list.json', JSON.stringify(realm.trustList));
  await put('log', log([entry(NOON, 'started'), refusal()]));
  await put('receipt', await registry.signer.sign('revier-receipt+jws', said()));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a fault of calling or reading has exit code 1', () => {
  it.each([
    [['verify'], 'Say full'],
    [['verify', 'full'], 'Name the exported log'],
    [['verify', 'full', 'log', '--no-such'], 'no-such'],
    [['verify', 'full', 'log', '--witnesses', 'many'], 'witnesses'],
    [['verify', 'inclusion', 'log', 'second'], 'place of the entry'],
    [['verify', 'full', 'nowhere'], 'nowhere cannot be read'],
    [['verify', 'full', '.'], '. cannot be read'],
    [['verify', 'full', 'node.json'], 'node.json is no exported log'],
    [['verify', 'receipt', 'log', 'nowhere'], 'nowhere cannot be read'],
    [['verify', 'receipt', 'log', 'node.json'], 'no receipt'],
    [['reconcile', 'log'], 'Name both'],
    [['reconcile', 'log', 'log', 'log'], 'too much'],
    [['reconcile', 'nowhere', 'log'], 'nowhere cannot be read'],
    [['verfiy', 'full', 'log'], 'no command'],
  ])('%j', async (args, text) => {
    expect(await revier(...args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(text) });
  });

  it('an empty file', async () => {
    await put('empty', '');
    expect(await verify('full', 'empty')).toMatchObject({ code: 1, err: expect.stringContaining('empty') });
  });

  it('a trust list that has expired', async () => {
    const list = { ...realm.trust.list, issued: '2020-01-01T00:00:00Z', expires: '2020-02-01T00:00:00Z' };
    const keys = [registry.keys.privateKey];
    await put('trust-list.json', JSON.stringify(await signGeneral('revier-trust-list+jws', list, keys)));
    const found = await verify('full', 'log').finally(() => put('trust-list.json', JSON.stringify(realm.trustList)));
    expect(found).toMatchObject({ code: 1, err: expect.stringContaining('EXPIRED') });
  });

  it('a log of nobody in the trust list', async () => {
    await put('foreign', log([refusal()], { ...registry, id: 'did:web:nobody.example' }));
    expect(await verify('full', 'foreign')).toMatchObject({ code: 1, err: expect.stringContaining('nobody.example') });
  });

  it('decisions of another version of the evaluator', async () => {
    const parts = { agreement: { a: 1 }, floor: { a: 2 }, request: { a: 3 }, state: { a: 4 } };
    const hashes = Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, contentHash(value)]));
    const facts = { task: TASK, evaluator: '0.0', checkpoint: 'P1', ...hashes };
    await put('old', log([entry(NOON, 'released', facts)], registry, Object.values(parts)));
    await put('broker', log([entry(NOON, 'started')], broker));
    expect(await revier('reconcile', 'broker', 'old')).toMatchObject({
      code: 1,
      err: expect.stringContaining('version 0.0 of the evaluator'),
    });
  });

  it('as its help says', async () => {
    for (const command of ['verify', 'reconcile'])
      expect((await revier(command, '--help')).out).toContain('1  no finding: called wrongly');
  });
});

describe('audit verify receipt', () => {
  it('shows that what was said stands in the log', async () => {
    expect(await verify('receipt', 'log', 'receipt')).toMatchObject({ code: 0 });
  });

  it('finds a log that has changed since', async () => {
    await put('changed', log([entry(NOON, 'started'), refusal()]).replace('FAILED', 'EXPIRED'));
    expect(await verify('receipt', 'changed', 'receipt')).toMatchObject({ code: 2 });
  });

  it('finds a log that does not have it, or is of another holder', async () => {
    await put('without', log([entry(NOON, 'started')]));
    await put('other', exported({ owner: witness, entries: [entry(NOON, 'started')], witnesses: [registry] }));
    for (const file of ['without', 'other'])
      expect(await verify('receipt', file, 'receipt')).toMatchObject({
        code: 3,
        out: expect.stringContaining('does not stand in the log'),
      });
  });

  it('finds one that nobody vouches for', async () => {
    await put('alone', exported({ owner: registry, entries: [refusal()] }));
    expect((await verify('receipt', 'alone', 'receipt')).code).toBe(4);
  });

  it('does not take a receipt of another holder that was copied into the log', async () => {
    await put('copied', exported({ owner: witness, entries: [refusal()], witnesses: [registry] }));
    expect((await verify('receipt', 'copied', 'receipt')).code).toBe(1);
  });

  it('does not take one that a stranger has signed', async () => {
    const stranger = of((await smallRealm()).actors, 'registry');
    await put('forged', await stranger.signer.sign('revier-receipt+jws', said()));
    expect(await verify('receipt', 'log', 'forged')).toMatchObject({ code: 1, err: expect.stringContaining('signed') });
  });
});

describe('audit verify consistency', () => {
  const first = entry(NOON, 'started');

  it('holds for a log that has grown', async () => {
    await put('earlier', log([first]));
    expect((await verify('consistency', 'earlier', 'log')).code).toBe(0);
  });

  it('finds another past, soundly signed as it is', async () => {
    await put('rewritten', log([entry(NOON, 'stopped'), refusal()]));
    await put('earlier', log([first]));
    expect((await verify('full', 'rewritten')).code).toBe(0);
    expect((await verify('consistency', 'earlier', 'rewritten')).code).toBe(2);
  });

  it('finds a log that was cut off', async () => {
    await put('cut', log([first]));
    expect((await verify('consistency', 'log', 'cut')).code).toBe(3);
  });

  it('does not compare logs of two participants', async () => {
    await put('other', exported({ owner: witness, entries: [first, refusal()], witnesses: [registry] }));
    expect(await verify('consistency', 'log', 'other')).toMatchObject({
      code: 1,
      err: expect.stringContaining('two logs'),
    });
  });
});

describe('audit reconcile', () => {
  const MINUTE = 60_000;
  const after = (minutes: number) => new Date(Date.parse(NOON) + minutes * MINUTE).toISOString();

  async function reconciled(node: readonly LogEntry[], receipt: string | null) {
    const outcomes = [{ task: TASK, holder: registry.id, status: 'refused', receipt, release: null }];
    const facts = { query: TASK, outcomes: contentHash(outcomes) };
    await put('node', log(node));
    await put('broker', log([entry(NOON, 'query-answered', facts)], broker, [outcomes]));
    return revier('reconcile', 'broker', 'node');
  }

  it('agrees when both say the same', async () => {
    expect(await reconciled([refusal()], contentHash(said()))).toMatchObject({ code: 0 });
  });

  it('finds what the broker has received and the node has not entered', async () => {
    expect((await reconciled([entry(NOON, 'started')], contentHash(said()))).code).toBe(2);
  });

  it('lists what came late, and does not blame anybody', async () => {
    expect(await reconciled([refusal(after(1))], null)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Only at the node: task ${TASK}, refused at ${after(1)}, when the query had ended`),
    });
  });

  it('finds what the broker should have had', async () => {
    expect(await reconciled([refusal(after(-5))], null)).toMatchObject({
      code: 3,
      out: expect.stringContaining('before the query ended'),
    });
  });

  it('finds tasks of which the log of the broker knows nothing', async () => {
    const other = refusal(NOON, said('0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a12'));
    expect(await reconciled([refusal(), other], contentHash(said()))).toMatchObject({
      code: 3,
      out: expect.stringContaining('has not ended'),
    });
  });

  it('does not take a garbled snapshot for what was said', async () => {
    const node = [refusal()];
    await reconciled(node, contentHash(said()));
    const outcomes = [{ task: TASK, holder: registry.id, status: 'refused', receipt: null, release: null }];
    const facts = { query: TASK, outcomes: contentHash('something else') };
    await put('broker', log([entry(NOON, 'query-answered', facts)], broker, [outcomes]));
    expect((await revier('reconcile', 'broker', 'node')).code).toBe(2);
  });
});
