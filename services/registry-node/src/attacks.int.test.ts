/** An evil broker, an evil researcher and evil holders before a real node: every attempt is refused with its code, and nothing is laid out to leave. */
import { signDocument } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import type { CompactJws, Lookup, QuestionInput, RefusalCode, Task } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused } from './testing/expect-refused.case.ts';
import { countQuestion, type Federation, rateQuestion, startFederation, until } from './testing/federation.case.ts';
import { seconds } from './testing/parties.case.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

const expectRefusal = (taskId: string, code: RefusalCode) => expectRefused(federation, taskId, code);

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

  it('cannot make a query of a dry run, nor a dry run of a query', async () => {
    const dry = await federation.ask(countQuestion, { envelope: { dryRun: true } });
    const asQuery = altered(dry.signedQuery.query, (payload) => {
      delete payload.dryRun;
    });
    const query = await federation.ask(countQuestion);
    const asDryRun = altered(query.signedQuery.query, (payload) => {
      payload.dryRun = true;
    });
    for (const [asked, turned] of [
      [dry, asQuery],
      [query, asDryRun],
    ] as const) {
      const signedQuery = { ...asked.signedQuery, query: turned };
      await expectRefusal(await federation.give('registry', { ...asked, signedQuery }), 'SIGNATURE_INVALID');
    }
    const taskId = await federation.give('registry', dry);
    const receipt = await until(
      () => federation.broker.receipts.get(taskId)?.[0],
      () => 'no receipt',
    );
    expect(receipt).toMatchObject({ decision: 'assessed', assessment: { wouldAnswer: true, minCellSize: 5 } });
    expect(federation.broker.releases.get(taskId)).toBeUndefined();
  });

  it('cannot swap a query for another that was signed as well', async () => {
    const [asked, other] = [await federation.ask(countQuestion), await federation.ask(rateQuestion)];
    const aud = federation.parties.holder('registry').id;
    const dataset = 'urn:revier:dataset:registry';
    const beside = other.signedQuery.query;
    await expectRefusal(await federation.broker.give({ aud, dataset, ...asked, beside }), 'SIGNATURE_INVALID');
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
    broker.layOut(parties.holder('registry').id, { task: 'AAAA.AAAA.AAAA', query: 'AAAA.AAAA.AAAA' });
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
    const another = federation.agreements.get('bochum')?.hash ?? contentHash('none');
    await expectRefusal(await count({ agreements: [another] }), 'NOT_AGREED');
    await expectRefusal(await count({ agreements: [] }), 'NOT_AGREED');
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
