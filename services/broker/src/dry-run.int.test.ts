/** Dry runs at the broker: they go the way of a query, and come to an assessment of each holder and to no answer. */
import { type DryRunResult, ExportLine, LogEntry, Problem, QueryState } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerWith, codeOf, one, problemOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let cities: TwoCities;
beforeAll(async () => {
  cities = await startTwoCities({ dryRunsPerMinute: 12 });
});
afterAll(() => cities?.federation.close());

const signDry = () =>
  cities.federation.sign(cities.erika, { change: (envelope) => ({ ...envelope, dryRun: true as const }) });

async function submitDry(): Promise<string> {
  const submitted = await cities.federation.asPerson(cities.erika).submitDryRun(await signDry());
  if (submitted.kind !== 'state') throw new Error('A result before anybody was asked.');
  expect(submitted.state).toMatchObject({ dryRun: true, state: 'accepted' });
  return submitted.state.queryId;
}

/** The result comes a moment after the last word. */
async function resultOf(queryId: string): Promise<DryRunResult> {
  const { federation, erika } = cities;
  const look = () =>
    federation
      .asPerson(erika)
      .dryRun(queryId)
      .catch(() => undefined);
  await expect.poll(look, { timeout: 15_000, interval: 20 }).toBeDefined();
  return federation.asPerson(erika).dryRun(queryId);
}

describe('a dry run', () => {
  it('comes to the signed assessment of every holder', async () => {
    const { cityA, cityB } = cities;
    const queryId = await submitDry();
    await cityA.assess(await one(cityA));
    await cityB.assess(await one(cityB), {
      wouldAnswer: false,
      reasons: [{ code: 'BUDGET', pointer: '/permission/0/constraint/3', hint: 'used up' }],
    });
    const result = await resultOf(queryId);
    expect(result).toMatchObject({ dryRun: true, queryId, state: 'complete' });
    expect(result.holders.map(({ status, assessment }) => [status, assessment?.wouldAnswer])).toEqual([
      ['assessed', true],
      ['assessed', false],
    ]);
    expect(result.holders.every(({ receipt }) => receipt !== undefined)).toBe(true);
  });

  it('has no answer, no signed result, and no place among the answers of the log', async () => {
    const { federation, erika, cityA, cityB } = cities;
    const queryId = await submitDry();
    for (const node of [cityA, cityB]) await node.assess(await one(node));
    await resultOf(queryId);
    const client = federation.asPerson(erika);
    expect(await codeOf(client.answer(queryId))).toBe('NOT_FOUND');
    expect((await problemOf(client.proof(queryId)))?.detail).toContain('dry-run');
    const log = await (await federation.fetchAs(await auditor(), '/v1/node/audit')).text();
    const lines = log
      .trim()
      .split('\n')
      .map((line) => ExportLine.parse(JSON.parse(line)));
    const entries = lines.flatMap((line) => (line.kind === 'entry' ? [LogEntry.parse(JSON.parse(line.entry))] : []));
    const about = entries.filter(({ facts }) => facts.query === queryId).map(({ decision }) => decision);
    expect(about).toEqual(['dry-run-accepted', 'dry-run-assessed']);
  });

  it('names the holders that said nothing in time, and stays readable by its owner alone', async () => {
    const { federation, max, cityA, cityB } = cities;
    const signed = await federation.sign(cities.erika, {
      seconds: 3,
      change: (envelope) => ({ ...envelope, dryRun: true as const }),
    });
    const submitted = await federation.asPerson(cities.erika).submitDryRun(signed);
    const queryId = submitted.kind === 'state' ? submitted.state.queryId : submitted.result.queryId;
    await cityA.assess(await one(cityA));
    const result = await resultOf(queryId);
    expect(result.state).toBe('partial');
    expect(result.holders.map(({ status }) => status)).toEqual(['assessed', 'offline']);
    expect(await codeOf(federation.asPerson(max).dryRun(queryId))).toBe('NOT_FOUND');
    expect((await cityB.tasks(0)).length).toBe(0);
  });

  it('waits for its result with Prefer, and gives it again under the same ticket', async () => {
    const { federation, erika, cityA, cityB } = cities;
    const signed = await signDry();
    const options = { waitSeconds: 20, idempotencyKey: 'ticket-1' };
    const waiting = federation.asPerson(erika).submitDryRun(signed, options);
    for (const node of [cityA, cityB]) await node.assess(await one(node));
    const first = await waiting;
    expect(first.kind).toBe('result');
    expect(await federation.asPerson(erika).submitDryRun(signed, options)).toEqual(first);
  });

  it('stands in the list of one’s queries as what it is', async () => {
    const { federation, erika } = cities;
    const { queries } = await federation.asPerson(erika).queries();
    expect(queries.some(({ dryRun }) => dryRun === true)).toBe(true);
    expect(QueryState.safeParse({ ...queries[0], register: undefined }).success).toBe(false);
  });
});

describe('a broker and its nodes', () => {
  it('take no release and no acceptance for a dry run, and no assessment for a query', async () => {
    const { cityA, cityB, submit } = cities;
    await submitDry();
    const [dryA, dryB] = [await one(cityA), await one(cityB)];
    expect(await codeOf(cityA.send(dryA, await cityA.release(dryA)))).toBe('INVALID_REQUEST');
    expect(await codeOf(cityB.accept(dryB))).toBe('INVALID_REQUEST');
    await cityA.assess(dryA);
    await cityB.assess(dryB);
    await submit();
    const task = await one(cityA);
    expect(await codeOf(cityA.assess(task))).toBe('INVALID_REQUEST');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
  });

  it('take no assessment of another table, agreement or mode', async () => {
    const { cityA, cityB } = cities;
    await submitDry();
    const task = await one(cityA);
    const other = `sha256:${'0'.repeat(64)}`;
    expect(await codeOf(cityA.assess(task, { table: other }))).toBe('INVALID_REQUEST');
    expect(await codeOf(cityA.assess(task, { agreement: other }))).toBe('INVALID_REQUEST');
    expect(await codeOf(cityA.assess(task, { mode: 'D' }))).toBe('INVALID_REQUEST');
    await cityA.assess(task, { agreement: null, wouldAnswer: false });
    await cityB.assess(await one(cityB));
  });

  it('cannot turn the one into the other: the flag is signed', async () => {
    const { query, credential } = await signDry();
    const [header, payload = '', signature] = query.split('.');
    const parsed: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
    delete parsed.dryRun;
    const turned = `${header}.${Buffer.from(JSON.stringify(parsed)).toString('base64url')}.${signature}`;
    const response = await cities.post({ query: turned, credential });
    expect(Problem.parse(await response.json()).code).toBe('SIGNATURE_INVALID');
  });

  it('count dry runs apart from queries: too many end in RATE_LIMITED, and a query still goes', async () => {
    const { federation, max, cityA, cityB } = cities;
    const dry = () => federation.sign(max, { change: (envelope) => ({ ...envelope, dryRun: true as const }) });
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 13; i++) {
      codes.push(await codeOf(federation.asPerson(max).submitDryRun(await dry())));
      if (codes.at(-1) === undefined) for (const node of [cityA, cityB]) await node.assess(await one(node));
    }
    expect(codes.filter((code) => code === undefined)).toHaveLength(12);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    expect(await codeOf(federation.asPerson(max).submit(await federation.sign(max)))).toBeUndefined();
    for (const node of [cityA, cityB]) await answerWith(node);
  });
});

const auditor = async () => cities.federation.person('auditor', { roles: ['auditor'] });
