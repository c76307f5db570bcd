/** What the client relies on, and what it does not take from a broker. */
import { readFile, writeFile } from 'node:fs/promises';
import { type Agreement, Answer, AnswerProof, type HolderAnswer, type RegisterView } from '@revier/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './testing/desk.case.ts';
import { agreementEntry, of } from './testing/small-realm.case.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
  expect((await desk.logIn()).code).toBe(0);
});
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

describe('agreements', () => {
  const listing = (...more: RegisterView['agreements']) => {
    desk.broker.script.register = { ...desk.realm.register, agreements: [...desk.realm.register.agreements, ...more] };
  };
  const made = (more: Partial<Agreement>, holder = 'registry') =>
    agreementEntry(of(desk.realm.actors, holder), of(desk.realm.actors, 'university'), more);
  const signed = async () => {
    expect((await desk.revier(['query', 'question.json'])).code).toBe(0);
    return desk.broker.submissions.at(-1)?.envelope;
  };
  const named = async () => (await signed())?.agreements;
  const asked = async () => (await signed())?.question.holders.asked;

  it('are relied on in their newest version', async () => {
    const renewed = await made({ 'rv:version': 2 });
    listing(renewed);
    expect(await named()).toContain(renewed.hash);
  });

  it('over another dataset of the same holder are not', async () => {
    const other = await made({ 'rv:version': 3, target: 'urn:revier:dataset:something-else' });
    listing(other);
    expect(await named()).not.toContain(other.hash);
  });

  it('that leave out the data in question keep their holder out', async () => {
    const kept = desk.realm.register.agreements.filter(({ holder }) => holder !== 'did:web:city-b.example');
    const other = await made({ target: 'urn:revier:dataset:something-else' }, 'city-b');
    desk.broker.script.register = { ...desk.realm.register, agreements: [...kept, other] };
    expect(await asked()).toEqual(['did:web:city-a.example', 'did:web:registry.example']);
    expect(await named()).toHaveLength(2);
  });

  it('over data that nobody asked for bring no further holder in', async () => {
    const idle = await made({}, 'clinic-1');
    listing(idle);
    expect(await named()).not.toContain(idle.hash);
    expect(await asked()).not.toContain('did:web:clinic-1.example');
  });
});

describe('a broker that is not true', () => {
  const warned = async (sentence: RegExp) => {
    const ran = await desk.revier(['query', 'question.json']);
    expect(ran.err).toContain('WARNING: this answer does not verify. Do not rely on it.');
    expect(ran.err).toMatch(sentence);
    expect(ran.code).toBe(4);
  };

  /** As the honest broker gives it. */
  async function lastProof(): Promise<AnswerProof> {
    let last: AnswerProof | undefined;
    desk.broker.script.tamperProof = (proof) => {
      last = proof;
      return proof;
    };
    expect((await desk.revier(['query', 'question.json'])).code).toBe(0);
    if (last === undefined) throw new Error('Nothing was answered.');
    return last;
  }

  it('cannot sign for a holder', async () => {
    desk.broker.script.signerOf = (holder) => (holder === 'did:web:registry.example' ? 'broker' : holder);
    await warned(/release of did:web:registry\.example .* is not signed by it/);
  });

  it('cannot let one holder sign for another', async () => {
    desk.broker.script.signerOf = () => 'city-a';
    await warned(/release of did:web:city-b\.example .* is not signed by it/);
  });

  it('cannot call an answer without releases answered', async () => {
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      holders: answer.holders.map(({ release: _, ...part }) => part),
    });
    await warned(/there is no signed release of it/);
  });

  it('cannot leave a holder out', async () => {
    desk.broker.script.tamper = (answer) => ({ ...answer, holders: answer.holders.slice(1) });
    await warned(/does not account for every dataset/);
  });

  it('cannot pass invented data for real', async () => {
    desk.broker.script.tamper = (answer) => ({ ...answer, synthetic: false });
    await warned(/is of invented data, and the answer does not say so/);
  });

  it('cannot answer another question', async () => {
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      question: { ...answer.question, purpose: 'ehds:ImproveHealthcare' },
    });
    await warned(/is not the one that was signed/);
  });

  it('cannot pass an old answer for a new one', async () => {
    const old = Answer.parse(JSON.parse((await desk.revier(['query', 'question.json', '--json'])).out));
    desk.broker.script.tamper = () => old;
    await warned(/to another submission/);
  });

  it('cannot count a dataset twice', async () => {
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      holders: [...answer.holders, ...answer.holders.slice(0, 1)],
    });
    await warned(/counts a dataset twice/);
  });

  it('cannot alter a single cell, although it signs what it has made of it', async () => {
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      cells: answer.cells.map((cell, at) =>
        at === 0 ? { ...cell, measures: { ...cell.measures, rate: { status: 'value', value: 12.4 } } } : cell,
      ),
    });
    await warned(/not what the signed releases add up to: 1 of \d+ cells differ; the first: area low, sex F/);
  });

  it('cannot drop a cell, relabel a code, or claim another coverage', async () => {
    desk.broker.script.tamper = (answer) => ({ ...answer, cells: answer.cells.slice(1) });
    await warned(/not what the signed releases add up to/);
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      dimensions: answer.dimensions.map((one) => ({ ...one, codes: one.codes.toReversed() })),
    });
    await warned(/dimensions are not those of the question/);
    desk.broker.script.tamper = (answer) => ({ ...answer, coverage: { ...answer.coverage, areas: ['A', 'B', 'R'] } });
    await warned(/claims another coverage/);
  });

  it('cannot bring figures that the holder has not signed, nor leave them out', async () => {
    const bodies = (change: (all: [string, string][]) => [string, string][]) => (proof: AnswerProof) => ({
      ...proof,
      bodies: Object.fromEntries(change(Object.entries(proof.bodies))),
    });
    desk.broker.script.tamperProof = bodies((all) =>
      all.map(([hash], at) => [hash, all[(at + 1) % all.length]?.[1] ?? '']),
    );
    await warned(/are not those that it has signed/);
    desk.broker.script.tamperProof = bodies((all) => all.slice(1));
    await warned(/are not those that it has signed/);
  });

  it('cannot say that a holder has refused, without its signature or for other reasons', async () => {
    const refusing = (part: HolderAnswer, over: Partial<HolderAnswer>): HolderAnswer => {
      const { release: _, mode: _mode, minCellSize: _least, asOf: _asOf, ...rest } = part;
      return { ...rest, status: 'refused', reasons: [{ code: 'PURPOSE', pointer: '', hint: '' }], ...over };
    };
    const firstPart =
      (over: Partial<HolderAnswer>) =>
      (answer: Answer): Answer => ({
        ...answer,
        state: 'partial',
        holders: answer.holders.map((part, at) => (at === 0 ? refusing(part, over) : part)),
      });
    desk.broker.script.tamper = firstPart({});
    await warned(/is said to have refused, but there is no signed receipt/);
    desk.broker.script.tamper = (answer) => firstPart({ receipt: answer.holders[1]?.release ?? '' })(answer);
    await warned(/The refusal of .* is not signed by it/);
    desk.broker.script.refusing = ['did:web:city-a.example'];
    desk.broker.script.tamper = (answer) => ({
      ...answer,
      holders: answer.holders.map((part) => ({
        ...part,
        reasons: part.reasons.map((one) => ({ ...one, hint: 'Else.' })),
      })),
    });
    await warned(/The refusal of .* gives other reasons/);
  });

  it('cannot leave its signature out, or sign something else', async () => {
    const old = AnswerProof.parse(await lastProof());
    desk.broker.script.tamperProof = (proof) => ({ ...proof, result: old.result });
    await warned(/The result is signed for another query|not the one that the broker has signed/);
    desk.broker.script.tamperProof = (proof) => ({ ...proof, result: proof.answer.holders[0]?.release ?? '' });
    await warned(/The result is not signed by the broker/);
  });

  /** Asked for by its id, an answer is looked at in the same way. */
  it('cannot alter an answer that is fetched later', async () => {
    desk.broker.script.tamper = (answer) => ({ ...answer, cells: answer.cells.slice(1) });
    const id = (await desk.revier(['query', 'question.json', '--wait', '0'])).out.trim();
    const { code, err } = await desk.revier(['answer', id]);
    expect([code, err]).toEqual([4, expect.stringContaining('not what the signed releases add up to')]);
  });

  it('cannot give out one answer for another', async () => {
    const submit = async () => (await desk.revier(['query', 'question.json', '--wait', '0'])).out.trim();
    const [one, two] = [await submit(), await submit()];
    desk.broker.script.instead = { [one]: two };
    const { code, err } = await desk.revier(['answer', one]);
    expect([code, err]).toEqual([4, expect.stringContaining('The answer is to another query.')]);
  });

  it('cannot relabel an agreement', async () => {
    const [first, second, ...rest] = desk.realm.register.agreements;
    if (first === undefined || second === undefined) throw new Error('The register has agreements.');
    const swapped = [{ ...first, agreement: second.agreement, hash: second.hash }, second, ...rest];
    desk.broker.script.register = { ...desk.realm.register, agreements: swapped };
    const { code, err } = await desk.revier(['query', 'question.json']);
    expect([code, err]).toEqual([4, expect.stringContaining('was given by another holder')]);
  });

  it('cannot bring in an agreement of another register', async () => {
    const holder = of(desk.realm.actors, 'registry');
    const other = await agreementEntry(holder, of(desk.realm.actors, 'university'), {
      'rv:register': 'urn:revier:register:other',
    });
    desk.broker.script.register = { ...desk.realm.register, agreements: [other] };
    expect((await desk.revier(['query', 'question.json'])).err).toContain('is for another register');
  });

  it('cannot be one whose trust list others have signed', async () => {
    const text = await readFile(desk.profile, 'utf8');
    const stranger = of(desk.realm.actors, 'broker').keys.kid;
    await writeFile(desk.profile, JSON.stringify({ ...JSON.parse(text), pinnedSigners: [stranger] }));
    const { code, err } = await desk.revier(['catalogue']).finally(() => writeFile(desk.profile, text));
    expect([code, err]).toEqual([4, expect.stringContaining('Too few of the pinned signers')]);
  });
});
