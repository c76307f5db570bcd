/** An evil broker, an evil researcher and evil holders before a real node: every attempt is refused with its code, and nothing is laid out to leave. */
import { signDocument } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import {
  type CompactJws,
  type Lookup,
  type QuestionInput,
  type RefusalCode,
  ReleaseHeader,
  type Task,
} from '@revier/schema';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countQuestion, type Federation, rateQuestion, startFederation, until } from './testing/federation.case.ts';
import { seconds } from './testing/parties.case.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

const releasesOf = async (taskId: string): Promise<number> => {
  const found = sql`select 1 from node_registry.message where task_id = ${taskId} and kind = 'release'`;
  return (await found.execute(federation.records.db())).rows.length;
};

/** Refused with exactly this code, in a receipt that the node has signed; no release lies in its outbox, none has arrived. */
async function expectRefusal(taskId: string, code: RefusalCode): Promise<void> {
  expect(await federation.refused(taskId)).toEqual([code]);
  expect(federation.broker.releases.get(taskId)).toBeUndefined();
  expect(await releasesOf(taskId)).toBe(0);
}

type Change = NonNullable<Parameters<Federation['ask']>[1]>;

const count = async (change: Change = {}, task: Partial<Task> = {}): Promise<string> =>
  federation.give('registry', await federation.ask(countQuestion, change), task);

/** Another payload under the signature of the first. */
function altered(jws: CompactJws, change: (payload: Record<string, unknown>) => void): CompactJws {
  const [header, payload = '', signature] = jws.split('.');
  const parsed: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
  change(parsed);
  return `${header}.${Buffer.from(JSON.stringify(parsed)).toString('base64url')}.${signature}`;
}

describe('an evil broker', () => {
  it('cannot alter a query', async () => {
    const asked = await federation.ask(countQuestion);
    const query = altered(asked.signedQuery.query, (payload) => {
      payload.question = { ...countQuestion, purpose: 'ehds:PublicPolicyMaking' };
    });
    const signedQuery = { ...asked.signedQuery, query };
    await expectRefusal(await federation.give('registry', { ...asked, signedQuery }), 'SIGNATURE_INVALID');
  });

  it('cannot bind a key of its own to a researcher', async () => {
    const { parties } = federation;
    await expectRefusal(await count({ by: parties.broker }), 'CREDENTIAL_INVALID');
  });

  it('cannot name another submission than the query is', async () => {
    const other = await federation.ask(countQuestion);
    await expectRefusal(await count({}, { submissionId: other.submissionId }), 'SIGNATURE_INVALID');
  });

  it('cannot use a task after its time, before it, or for longer than an hour', async () => {
    const now = seconds();
    await expectRefusal(await count({}, { iat: now - 600, exp: now - 300 }), 'EXPIRED');
    await expectRefusal(await count({}, { iat: now + 300, exp: now + 400 }), 'EXPIRED');
    await expectRefusal(await count({}, { iat: now, exp: now + 7200 }), 'EXPIRED');
  });

  it('cannot keep a query for later', async () => {
    const now = seconds();
    await expectRefusal(await count({ envelope: { iat: now - 900, exp: now - 600 } }), 'EXPIRED');
  });

  it('cannot hand over the task of another holder', async () => {
    const { parties, broker } = federation;
    const asked = await federation.ask(countQuestion);
    const aud = parties.holder('bochum').id;
    const dataset = 'urn:revier:dataset:registry';
    await expectRefusal(
      await broker.give({ aud, dataset, ...asked }, parties.broker.signer, parties.holder('registry').id),
      'WRONG_AUDIENCE',
    );
  });

  it('cannot pass on a query that was meant for another broker', async () => {
    await expectRefusal(await count({ envelope: { aud: 'did:web:other-broker.example' } }), 'WRONG_AUDIENCE');
  });

  it('cannot mix realms', async () => {
    await expectRefusal(await count({}, { realm: 'production' }), 'WRONG_REALM');
    await expectRefusal(
      await count({ envelope: { realm: 'production' }, credential: { realm: 'production' } }),
      'WRONG_REALM',
    );
  });

  it('cannot ask for a dataset or a stage that the plan does not name', async () => {
    await expectRefusal(await count({}, { stage: 1 }), 'QUESTION_INVALID');
    await expectRefusal(await count({}, { dataset: 'urn:revier:dataset:bochum' }), 'QUESTION_INVALID');
  });

  it('cannot have an answered submission answered under another task, nor put other words under a task', async () => {
    const asked = await federation.ask(countQuestion);
    const first = await federation.give('registry', asked);
    await federation.released(first);
    await expectRefusal(await federation.give('registry', asked), 'REPLAYED');
    const other = await federation.ask(countQuestion);
    await federation.give('registry', other, { taskId: first });
    expect(await federation.refused(first)).toEqual(['REPLAYED']);
    expect(federation.broker.releases.get(first)).toHaveLength(1);
  });

  it('gets nothing at all for a task that it has not signed', async () => {
    const { broker, parties } = federation;
    const asked = await federation.ask(countQuestion);
    const forged = await federation.give('registry', asked, {}, parties.holder('bochum').signer);
    broker.layOut(parties.holder('registry').id, 'AAAA.AAAA.AAAA');
    // A later honest task is answered, so both have been looked at.
    await federation.released(await count());
    expect(broker.receipts.get(forged)).toBeUndefined();
    expect(broker.releases.get(forged)).toBeUndefined();
    broker.forget(parties.holder('registry').id);
  });
});

describe('an evil catalogue', () => {
  /** A lookup of the same name that puts every area but one into one group. */
  const isolating = (): Lookup => {
    const { deprivation } = federation.ruhr;
    return {
      ...deprivation,
      pairs: deprivation.pairs.map(([from], at): [string, string] => [from, at === 0 ? 'Q1' : 'Q5']),
    };
  };

  async function publish(lookup: Lookup, served = lookup): Promise<Change> {
    const { broker, parties } = federation;
    const named = await signDocument(lookup, parties.broker.signer);
    await broker.publish(named);
    const change = { catalogue: contentHash(broker.catalogue()), lookups: { [lookup.name]: contentHash(lookup) } };
    broker.documents.set(contentHash(lookup), await signDocument(served, parties.source.signer));
    return change;
  }

  it('that serves another document under a hash is not opened', async () => {
    const change = await publish({ ...isolating(), source: 'never shown to anybody' }, federation.ruhr.deprivation);
    await expectRefusal(await count({ ...change, lookups: {} }), 'CATALOGUE_UNKNOWN');
  });

  it('that swaps a lookup for one of its own meets the version in the agreement', async () => {
    const change = await publish(isolating());
    const asked = await federation.ask(rateQuestion, change);
    const cities = await Promise.all(['bochum'].map((slug) => federation.give(slug, asked)));
    const evidence = (await Promise.all(cities.map((taskId) => federation.released(taskId)))).map(({ jws }) => jws);
    await expectRefusal(await federation.give('registry', asked, { stage: 1, evidence }), 'VERSION_DIFFERS');
  });

  it('that does not exist is not guessed', async () => {
    await expectRefusal(await count({ catalogue: contentHash('nothing') }), 'CATALOGUE_UNKNOWN');
  });

  it('with other lookups than the researcher has seen is refused', async () => {
    const lookups = { [federation.ruhr.deprivation.name]: contentHash('another') };
    await expectRefusal(await count({ lookups }), 'CATALOGUE_UNKNOWN');
  });
});

describe('an evil researcher', () => {
  const asking = async (question: QuestionInput): Promise<string> =>
    federation.give('registry', await federation.ask(question));

  it('cannot use the data for another purpose', async () => {
    await expectRefusal(await asking({ ...countQuestion, purpose: 'ehds:HealthcareScientificResearch' }), 'PURPOSE');
  });

  it('cannot ask for a table that was not agreed', async () => {
    await expectRefusal(await asking({ ...countQuestion, by: [{ variable: 'sex' }] }), 'TABLE_NOT_AGREED');
    await expectRefusal(
      await asking({ ...countQuestion, by: [...(countQuestion.by ?? []), { variable: 'year' }] }),
      'TABLE_NOT_AGREED',
    );
  });

  it('cannot ask under another register, with its agreement or with this one', async () => {
    const register = 'urn:revier:register:elsewhere';
    await expectRefusal(await asking({ ...countQuestion, register }), 'NOT_AGREED');
  });

  it('cannot name an agreement other than the one in force', async () => {
    const holder = federation.parties.holder('registry').id;
    const another = federation.agreements.get('bochum')?.hash ?? contentHash('none');
    await expectRefusal(await count({ agreements: { [holder]: another } }), 'NOT_AGREED');
    await expectRefusal(await count({ agreements: {} }), 'NOT_AGREED');
  });

  it('cannot come from an organisation that has no agreement', async () => {
    await expectRefusal(await count({ by: federation.parties.elsewhere }), 'NOT_AGREED');
  });

  it('cannot use a credential for another register or person', async () => {
    await expectRefusal(
      await count({ credential: { registers: ['urn:revier:register:elsewhere'] } }),
      'CREDENTIAL_INVALID',
    );
    await expectRefusal(await count({ credential: { sub: 'r18' } }), 'CREDENTIAL_INVALID');
  });
});

describe('evil evidence', () => {
  const rate = async (asked: Awaited<ReturnType<Federation['ask']>>, evidence: CompactJws[]): Promise<string> =>
    federation.give('registry', asked, { stage: 1, evidence });

  const headerOf = (jws: CompactJws): ReleaseHeader =>
    ReleaseHeader.parse(JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()));

  async function presented() {
    const asked = await federation.ask(rateQuestion);
    const [bochum = '', ...others] = await federation.populations(asked);
    return { asked, bochum, others };
  }

  const signed = (header: ReleaseHeader, slug: string) =>
    federation.parties.holder(slug).signer.sign('revier-release+jws', header);

  it('that the broker has made itself', async () => {
    const { asked, bochum, others } = await presented();
    const forged = await federation.parties.broker.signer.sign('revier-release+jws', headerOf(bochum));
    await expectRefusal(await rate(asked, [forged, ...others]), 'EVIDENCE_INVALID');
  });

  it('that was given to another submission', async () => {
    const { bochum } = await presented();
    const { asked, others } = await presented();
    await expectRefusal(await rate(asked, [bochum, ...others]), 'EVIDENCE_INVALID');
  });

  it('whose holder answers for another', async () => {
    const { asked, bochum, others } = await presented();
    await expectRefusal(await rate(asked, [await signed(headerOf(bochum), 'essen'), ...others]), 'EVIDENCE_INVALID');
    const own = { ...headerOf(bochum), iss: federation.parties.holder('essen').id };
    await expectRefusal(await rate(asked, [await signed(own, 'essen'), ...others]), 'EVIDENCE_INVALID');
  });

  it.each([
    ['another table', { table: contentHash('another table') }],
    ['another question', { questionHash: contentHash('another question') }],
    ['another data epoch', { epoch: 'ffffffffffffffff' }],
    ['another realm', { realm: 'production' as const }],
    ['another broker', { aud: 'did:web:other-broker.example' as const }],
    ['a mode that hides figures', { mode: 'L' as const }],
  ])('of %s', async (_, change) => {
    const { asked, bochum, others } = await presented();
    const jws = await signed({ ...headerOf(bochum), ...change }, 'bochum');
    await expectRefusal(await rate(asked, [jws, ...others]), 'EVIDENCE_INVALID');
  });

  it('that comes twice', async () => {
    const { asked, bochum, others } = await presented();
    await expectRefusal(await rate(asked, [bochum, bochum, ...others]), 'EVIDENCE_INVALID');
  });

  it('whose body was altered, or is not there', async () => {
    const { asked, bochum, others } = await presented();
    const { body } = headerOf(bochum);
    const bytes = Uint8Array.from(federation.broker.bodies.get(body) ?? []);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const whole = federation.broker.bodies.get(body) ?? bytes;
    federation.broker.bodies.set(body, bytes);
    await expectRefusal(await rate(asked, [bochum, ...others]), 'EVIDENCE_INVALID');
    federation.broker.bodies.delete(body);
    const again = await federation.ask(rateQuestion);
    const evidence = await federation.populations(again);
    federation.broker.bodies.delete(body);
    await expectRefusal(await rate(again, evidence), 'EVIDENCE_INVALID');
    federation.broker.bodies.set(body, whole);
  });

  it('that is none', async () => {
    await expectRefusal(await rate(await federation.ask(rateQuestion), []), 'EVIDENCE_INVALID');
  });

  it('that leaves out a city after all of them have been answered for', async () => {
    const { asked, bochum, others } = await presented();
    await federation.released(await rate(asked, [bochum, ...others]));
    const fewer = await presented();
    await expectRefusal(await rate(fewer.asked, fewer.others), 'COVERAGE_CHANGED');
    // Nor is the way back closed: the first set stays answerable.
    const again = await presented();
    await federation.released(await rate(again.asked, [again.bochum, ...again.others]));
  });
});

describe('what the admin port shows of all this', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${federation.nodes.get('registry')?.adminUrl}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };

  it('the decisions with their codes, without persons', async () => {
    await until(
      async () => ((await get('/v1/decisions?limit=500')).text.includes('COVERAGE_CHANGED') ? true : undefined),
      () => 'no decision',
    );
    const { text } = await get('/v1/decisions?limit=500');
    for (const word of ['PURPOSE', 'TABLE_NOT_AGREED', 'EVIDENCE_INVALID', 'released']) expect(text).toContain(word);
    expect(text).not.toContain('r17');
    const { rows } = await sql<{ commitment: string }>`select commitment from node_registry.audit_opening`.execute(
      federation.records.db(),
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { commitment } of rows) expect(text).not.toContain(commitment);
  });

  it('that the node is well', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect(JSON.parse((await get('/v1/status')).text)).toMatchObject({
      state: 'running',
      broker: { connected: true, published: true },
    });
  });

  it('nothing to a page in a browser', async () => {
    expect((await get('/v1/status', { origin: 'https://evil.example' })).status).toBe(403);
  });
});
