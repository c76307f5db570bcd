/** A node among others: open figures leave exact, local ones controlled, rates stand on populations that travelled, and repeats are equal to the byte. */
import { randomUUID } from 'node:crypto';
import { verifyDataset } from '@revier/connector-sdk';
import { contentHash, emptyFrontier, grow, headOf, leafHash } from '@revier/core';
import { cellStatuses, LogEntry, type ReleaseBody, TOTAL } from '@revier/schema';
import { type AuditLogTables, headNow } from '@revier/service-kit';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, rateQuestion, startFederation, until } from './testing/federation.case.ts';
import { startScriptedBroker } from './testing/scripted-broker.case.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

const statuses = (body: ReleaseBody, measure = 0): string[] =>
  [...(body.measures[measure]?.status ?? [])].map((byte) => cellStatuses[byte] ?? '');

const values = (body: ReleaseBody): number[] => {
  const [measure] = body.measures;
  return measure === undefined || measure.kind === 'direct-rate' ? [] : [...measure.value];
};

async function rate(slugs?: readonly string[]) {
  const asked = await federation.ask(rateQuestion);
  const evidence = await federation.populations(asked, slugs);
  const taskId = await federation.give('registry', asked, { stage: 1, evidence });
  return { asked, evidence, taskId, ...(await federation.released(taskId)) };
}

async function count() {
  const asked = await federation.ask(countQuestion);
  const taskId = await federation.give('registry', asked);
  return { asked, taskId, ...(await federation.released(taskId)) };
}

describe('publishing', () => {
  it('tells what the node holds, in its own name, with both signatures under its agreement', async () => {
    const { broker, parties, agreements, ruhr } = federation;
    expect([...broker.offers.keys()].sort()).toEqual([...parties.holders.values()].map(({ id }) => id).sort());
    const offer = broker.offers.get(parties.holder('registry').id);
    expect(offer?.agreements).toEqual([agreements.get('registry')?.jws]);
    const description = await verifyDataset(offer?.description ?? '', { trust: parties.trust, now: new Date() });
    expect(description.document).toEqual(ruhr.holders[0]?.description);
  });

  it('brings the documents of sources along, as they have signed them', () => {
    const { broker, ruhr } = federation;
    const catalogue = broker.catalogue();
    expect(catalogue.codeLists[ruhr.areas.id]).toBe(contentHash(ruhr.areas));
    expect(catalogue.lookups).toEqual({ [ruhr.deprivation.name]: contentHash(ruhr.deprivation) });
  });
});

describe('answering', () => {
  it('lets exact figures of a public dataset leave: the city has as many inhabitants as were imported', async () => {
    const asked = await federation.ask(rateQuestion);
    const { header, body } = await federation.released(await federation.give('bochum', asked));
    expect(header).toMatchObject({ mode: 'O', synthetic: true, ...{ submissionId: asked.submissionId } });
    expect(header).not.toHaveProperty('minCellSize');
    const people = federation.ruhr.bochumPersonYears;
    expect(values(body).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0)).toBe(people);
  });

  it('sends a signed acceptance that names agreement and table before the release', async () => {
    const { taskId, header } = await count();
    expect(federation.broker.receipts.get(taskId)).toMatchObject([
      { decision: 'accepted', agreement: federation.agreements.get('registry')?.hash, table: header.table },
    ]);
  });

  it('applies the threshold of the floor to counts, and says so', async () => {
    const { header, body } = await count();
    expect(header).toMatchObject({ mode: 'L', minCellSize: 5 });
    expect(body.keys[0]).toContain(TOTAL);
    expect(statuses(body)).toContain('value');
    expect(values(body).filter((value) => value < 5)).toEqual([]);
    expect(statuses(body)).not.toContain('zero');
  });

  it('forms standardised rates over the populations that travelled, and nothing finer leaves', async () => {
    const { body } = await rate();
    const [measure] = body.measures;
    expect(body.measures).toHaveLength(1);
    expect(measure?.kind).toBe('direct-rate');
    // Two sexes and five quintiles.
    expect(body.keys.map((column) => new Set(column).size)).toEqual([2, 5]);
    expect(statuses(body)).toContain('value');
    // Invented cancer of all sites lies at some 400 in 100,000; a rate beside that has lost its population on the way.
    const shown = measure?.kind === 'direct-rate' ? measure.rate.filter((one) => !Number.isNaN(one)) : [];
    for (const one of shown) expect(one).toBeGreaterThan(100);
    for (const one of shown) expect(one).toBeLessThan(1500);
  });
});

describe('asking again', () => {
  it('gives equal bytes to another submission, under a header of its own', async () => {
    const [first, second] = [await rate(), await rate()];
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
    expect(second.header.body).toBe(first.header.body);
    expect(second.header.submissionId).not.toBe(first.header.submissionId);
  });

  it('gives equal bytes after a restart', async () => {
    const before = await count();
    await federation.nodes.get('registry')?.close();
    federation.nodes.set('registry', await startNode(federation.nodeOptions('registry')));
    expect(Buffer.compare((await count()).bytes, before.bytes)).toBe(0);
  });

  it('gives equal bytes to many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => count()));
    expect(new Set(answers.map(({ header }) => header.body)).size).toBe(1);
  });

  it('sends the same messages again when a task is delivered again', async () => {
    const { asked, taskId, jws } = await count();
    await federation.give('registry', asked, { ...(await sameTask(taskId)), attempt: 2 });
    expect((await federation.released(taskId, 2)).jws).toBe(jws);
  });

  it('gives one release, and no refusal, to a task that is delivered again while it is being answered', async () => {
    const asked = await federation.ask(countQuestion);
    const same = { taskId: randomUUID(), exp: Math.floor(Date.now() / 1000) + 60 };
    await Promise.all([1, 2, 3].map((attempt) => federation.give('registry', asked, { ...same, attempt })));
    await federation.released(same.taskId);
    // What was taken together is over by then.
    await count();
    const said = federation.broker.receipts.get(same.taskId) ?? [];
    expect(new Set(said.map(({ decision }) => decision))).toEqual(new Set(['accepted']));
  });
});

/** Time of the task as given; the scripted broker writes one minute for all its tasks of a test. */
const sameTask = async (taskId: string) => ({ taskId, exp: federation.broker.given.get(taskId)?.exp ?? 0 });

describe('the books', () => {
  const Entry = z.object({ index: z.coerce.number(), entry: z.string() });
  const log = async () =>
    z
      .array(Entry)
      .parse((await sql`select * from node_registry.log_entry order by index`.execute(federation.records.db())).rows);

  it('are a tree over every entry, and tell what a decision was made from', async () => {
    await count();
    const entries = await log();
    expect(entries.length).toBeGreaterThan(0);
    const edge = entries.reduce((edge, { entry }) => grow(edge, leafHash(Buffer.from(entry))).frontier, emptyFrontier);
    const head = await headNow(federation.records.db<AuditLogTables>().withSchema('node_registry'));
    expect(Buffer.compare(headOf(edge), head.hash)).toBe(0);
    const { facts } = LogEntry.parse(JSON.parse(entries.at(-1)?.entry ?? ''));
    for (const fact of ['agreement', 'floor', 'planned', 'catalogue', 'receipt', 'release', 'body'])
      expect(facts[fact]).toMatch(/^sha256:/);
  });

  it('take no change and no erasure', async () => {
    const db = federation.records.db();
    for (const statement of [
      sql`update node_registry.log_entry set entry = '{}'`,
      sql`delete from node_registry.log_entry`,
      sql`truncate node_registry.log_entry`,
    ])
      await expect(statement.execute(db)).rejects.toThrow('append-only');
  });

  it('name the person by a commitment only, whose opening stands apart', async () => {
    await count();
    const entries = await log();
    expect(JSON.stringify(entries)).not.toContain('r17');
    const { rows } = await sql`select commitment, salt, person from node_registry.log_opening`.execute(
      federation.records.db(),
    );
    const openings = z.array(z.object({ commitment: z.string(), salt: z.string(), person: z.string() })).parse(rows);
    const person = 'did:web:university.example#r17';
    for (const { commitment, salt } of openings) expect(contentHash({ salt, person })).toBe(commitment);
    const { person: last } = LogEntry.parse(JSON.parse(entries.at(-1)?.entry ?? ''));
    expect(openings.map(({ commitment }) => commitment)).toContain(last);
  });

  it('hold an entry for every release, and a release for every answer', async () => {
    const { taskId, header } = await count();
    const entry = (await log()).map((one) => JSON.parse(one.entry)).find((one) => one.facts.task === taskId);
    expect(entry).toMatchObject({
      decision: 'released',
      facts: { table: header.table, body: header.body, dataUser: 'did:web:university.example' },
    });
  });
});

describe('the broker', () => {
  it('may go away and come back with nothing: the node tells everything again, and its answers wait', async () => {
    const asked = await federation.ask(countQuestion);
    const taskId = await federation.give('registry', asked);
    await federation.released(taskId);
    const { broker, parties } = federation;
    const port = broker.port;
    await broker.close();
    const fresh = await startScriptedBroker({
      ...parties.broker,
      trust: parties.trust,
      logger: federation.nodeOptions('registry').logger,
      port,
    });
    try {
      await until(
        () => (fresh.offers.size === parties.holders.size ? true : undefined),
        () => 'not everybody came back',
      );
      expect(contentHash(fresh.catalogue())).toBe(federation.catalogue);
    } finally {
      federation.broker = fresh;
    }
    expect(
      await federation.released(await federation.give('registry', await federation.ask(countQuestion))),
    ).toBeDefined();
  });
});
