/** Agreements at work at a running node: revoked in the midst of work, suspended by a stop, kept over a restart, charged once. */
import { type DataSource, signGeneral } from '@revier/connector-sdk';
import { AgreementList, type AgreementView, type GeneralJws, type ResumeStatement, StatusDone } from '@revier/schema';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NodeOptions, RunningNode } from './node-options.ts';
import { callAdmin } from './testing/at-admin.case.ts';
import { countQuestion, type Federation, until } from './testing/federation.case.ts';
import { type Staff, seconds, signedBy } from './testing/people.case.ts';
import { type Registry, restartOf, startRegistry } from './testing/registry.case.ts';

let registry: Registry;
let federation: Federation;
let staff: Staff;
beforeAll(async () => {
  registry = await startRegistry();
  ({ federation, staff } = registry);
});
afterEach(async () => {
  federation.broker.loseReleases = false;
  await registry.down();
});
afterAll(() => registry?.close());

const post = (node: RunningNode, path: string, body: unknown) =>
  callAdmin(node, path, { parties: federation.parties, body });

const agreementOf = async (node: RunningNode): Promise<AgreementView> => {
  const json: unknown = await (await fetch(`${node.adminUrl}/v1/agreements`)).json();
  const [one] = AgreementList.parse(json).agreements;
  if (one === undefined) throw new Error('no agreement');
  return one;
};

const word = { reason: 'the vote was withdrawn', by: 'Erika Muster' };
const state = async (node: RunningNode, body: object): Promise<StatusDone> => {
  const { hash } = await agreementOf(node);
  const { status, json } = await post(node, `/v1/agreements/${hash}/status`, body);
  if (status !== 200) throw new Error(JSON.stringify(json));
  return StatusDone.parse(json);
};

const ask = async () => federation.give('registry', await federation.ask(countQuestion));
const newest = () => federation.broker.statuses.at(-1)?.statement;

/** The real source, which waits before it answers until it is cancelled. */
function held(options: NodeOptions): {
  options: NodeOptions;
  reading: Promise<void>;
  signals: boolean[];
} {
  const reading = Promise.withResolvers<void>();
  const signals: boolean[] = [];
  const datasets = options.datasets.map(({ description, source }) => {
    const aggregate: DataSource['aggregate'] = async (table, how) => {
      reading.resolve();
      await new Promise((resolve) => how.signal?.addEventListener('abort', resolve, { once: true }));
      signals.push(how.signal?.aborted === true);
      return source.aggregate(table, { timeoutMs: how.timeoutMs });
    };
    return { description, source: { aggregate, close: async () => undefined } satisfies DataSource };
  });
  return { options: { ...options, datasets }, reading: reading.promise, signals };
}

describe('a revocation', () => {
  it('between SQL and release refuses what is in flight, keeps it charged, and reaches the broker in time', async () => {
    const { options, reading, signals } = held(registry.fresh());
    const node = await registry.up(options);
    const taskId = await ask();
    await reading;
    const began = Date.now();
    const done = await state(node, { status: 'REVOKED', ...word });
    expect(await federation.refused(taskId)).toEqual(['REVOKED']);
    const took = Date.now() - began;
    process.stderr.write(`revoked: ${took} ms until the broker had statement and refusal\n`);
    expect(took).toBeLessThan(5000);
    expect(done).toMatchObject({ cancelled: 1, dropped: 0, withdrawn: 0, told: true });
    expect(signals).toEqual([true]);
    expect(newest()).toMatchObject({ status: 'REVOKED', seq: 2, reason: word.reason });
    const view = await agreementOf(node);
    expect(view).toMatchObject({ status: 'REVOKED', questions: [{ spent: 1 }] });
    expect(view.cells.spent).toBeGreaterThan(0);
    expect(await federation.refused(await ask())).toEqual(['REVOKED']);
    expect((await agreementOf(node)).questions[0]?.spent).toBe(1);
  });

  it('keeps back what has not left, withdraws what has, and stays over a restart', async () => {
    const options = registry.fresh();
    const node = await registry.up(options);
    await federation.released(await ask());
    federation.broker.loseReleases = true;
    const waiting = await ask();
    await until(
      () => federation.broker.receipts.get(waiting)?.[0],
      () => 'no receipt',
    );
    const done = await state(node, { status: 'REVOKED', ...word });
    federation.broker.loseReleases = false;
    expect(done).toMatchObject({ dropped: 1, withdrawn: 2 });
    expect(await federation.refused(waiting)).toEqual(['REVOKED']);
    expect(federation.broker.releases.get(waiting)).toBeUndefined();
    await node.close();
    const again = await registry.up(options);
    expect(await agreementOf(again)).toMatchObject({ status: 'REVOKED', seq: 2, questions: [{ spent: 2 }] });
    expect(await federation.refused(await ask())).toEqual(['REVOKED']);
  });

  it('is for who is enrolled, and is never taken back', async () => {
    const node = await registry.up();
    const { hash } = await agreementOf(node);
    const path = `/v1/agreements/${hash}/status`;
    expect(await post(node, path, { status: 'REVOKED', ...word, by: 'Nobody' })).toMatchObject({ status: 403 });
    await state(node, { status: 'REVOKED', ...word });
    expect(await post(node, path, { status: 'SUSPENDED', ...word })).toMatchObject({
      json: { code: 'STATUS_NOT_POSSIBLE' },
    });
  });
});

describe('a suspension', () => {
  const statement = async (node: RunningNode, ...people: Staff['steward'][]): Promise<GeneralJws> => {
    const { hash, seq } = await agreementOf(node);
    const resume: ResumeStatement = {
      ...{ kind: 'resume', node: federation.parties.holder('registry').id, realm: 'test', agreement: hash, seq },
      ...{ reason: 'checked', iat: seconds(), exp: seconds() + 600 },
    };
    return signGeneral(
      'revier-resume+jws',
      resume,
      people.map(({ pair }) => pair.privateKey),
    );
  };

  it('by one person is ended by two, once', async () => {
    const node = await registry.up();
    const { hash } = await agreementOf(node);
    await state(node, { status: 'SUSPENDED', ...word });
    expect(await federation.refused(await ask())).toEqual(['SUSPENDED']);
    const path = `/v1/agreements/${hash}/status`;
    const alone = await statement(node, staff.steward, staff.stewardAgain);
    expect((await post(node, path, { status: 'ACTIVE', signed: alone })).json).toMatchObject({
      code: 'TWO_PERSONS_NEEDED',
    });
    const signed = await statement(node, staff.steward, staff.deputy);
    await state(node, { status: 'ACTIVE', signed });
    await federation.released(await ask());
    await state(node, { status: 'SUSPENDED', ...word });
    expect((await post(node, path, { status: 'ACTIVE', signed })).json).toMatchObject({ code: 'REPLAYED' });
  });

  it('follows a stop, is told within seconds, and ends with the start', async () => {
    const node = await registry.up();
    await node.published();
    const began = Date.now();
    await post(node, '/v1/stop', { reason: 'odd queries' });
    await until(
      () => (newest()?.status === 'SUSPENDED' ? true : undefined),
      () => 'not told',
    );
    process.stderr.write(`stopped: ${Date.now() - began} ms until the broker knew of the suspension\n`);
    await post(node, '/v1/start', await signedBy(await restartOf(node, registry), staff.steward, staff.deputy));
    await until(
      () => (newest()?.status === 'ACTIVE' ? true : undefined),
      () => 'not told',
    );
    expect((await agreementOf(node)).status).toBe('ACTIVE');
    await federation.released(await ask());
  });

  it('by a person during a stop outlives the start', async () => {
    const node = await registry.up();
    await post(node, '/v1/stop', {});
    await state(node, { status: 'SUSPENDED', ...word });
    await post(node, '/v1/start', await signedBy(await restartOf(node, registry), staff.steward, staff.deputy));
    expect((await agreementOf(node)).status).toBe('SUSPENDED');
  });
});

describe('a charge', () => {
  it('is made once for a question, and the very same figures cost no cells again', async () => {
    const node = await registry.up();
    await federation.released(await ask());
    const { cells } = await agreementOf(node);
    expect(cells.spent).toBeGreaterThan(0);
    await federation.released(await ask());
    expect(await agreementOf(node)).toMatchObject({ cells, questions: [{ spent: 2 }] });
  });
});
