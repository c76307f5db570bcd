/** What the client relies on, and what it does not take from a broker. */
import { readFile, writeFile } from 'node:fs/promises';
import { type Agreement, Answer, type RegisterView } from '@revier/schema';
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
