/** Tables beside each other in one house: what two of them would give away together is not shown, whoever asks first and for which. */
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRelease } from '@revier/connector-sdk';
import type { QuestionInput } from '@revier/schema';
import { answerFrom, type CodedRecord } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { signAgreement } from '../testing/agreement.case.ts';
import { question as everybody, registry, type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { grantedIn, sealing } from '../testing/sealed.case.ts';
import { answerTask } from '../use-cases/answer-task.ts';
import { openGranted } from './guard.ts';
import { openSealedAnswer } from './sieve.ts';

const counts = (where: QuestionInput['aggregates'][string]['where']): QuestionInput => ({
  ...everybody,
  aggregates: { cases: { model: 'cancer-case/1', count: 'persons', where } },
});
/** Of known stage: in city A all but two persons, in city B all but twenty. */
const staged = counts([{ variable: 'uicc', in: ['I', 'II', 'III', 'IV'] }]);
const women = counts([{ variable: 'sex', in: ['F'] }]);

const people = (area: string, uicc: string, sex: string, size: number) =>
  Array.from({ length: size }, () => ({ area, uicc, sex }));
const records: readonly CodedRecord[] = [
  ...people('A-1', 'I', 'F', 25),
  ...people('A-2', 'III', 'M', 25),
  ...people('A-2', 'U', 'M', 2),
  ...people('B-1', 'II', 'F', 25),
  ...people('B-1', 'II', 'M', 25),
  ...people('B-2', 'U', 'M', 20),
].map((codes, person) => ({ codes, person }));

async function houseWith(questions: readonly QuestionInput[], own = records): Promise<SmallHouse> {
  const small = await smallHouse({ questions });
  small.source.answer = async (table) => {
    small.source.asked.push(table);
    return answerFrom(own, table);
  };
  return small;
}

/** Figures by city, null where one is withheld. */
async function ask(small: SmallHouse, question: QuestionInput): Promise<readonly (number | null)[]> {
  const hash = small.stored?.hash ?? small.agreement.hash;
  const task = small.task(await small.ask({ question, agreements: [hash] }));
  await answerTask(await small.sign(task), small.house, new AbortController().signal);
  const record = small.book.releases.find(({ task: { taskId } }) => taskId === task.taskId);
  if (record === undefined) throw new Error('nothing was released');
  const { bytes, hash: sha256 } = openSealedAnswer(record.answer);
  const [measure] = decodeRelease(bytes, { bytes: bytes.length, sha256 }).measures;
  if (measure?.kind !== 'count') throw new Error('not counts');
  return [...measure.value].map((value) => (Number.isNaN(value) ? null : value));
}

describe('two tables of one agreement', () => {
  it('that differ by two persons in a city are not both shown there', async () => {
    expect(await ask(await houseWith([everybody]), everybody)).toEqual([52, 70]);
    expect(await ask(await houseWith([staged]), staged)).toEqual([50, 50]);
    const small = await houseWith([everybody, staged]);
    const [all, some] = [await ask(small, everybody), await ask(small, staged)];
    expect([all[0], some[0]].filter((figure) => figure !== null)).toHaveLength(1);
    expect([all[1], some[1]]).toEqual([70, 50]);
  });

  it('are the same whichever is asked first', async () => {
    const [one, other] = [await houseWith([everybody, staged]), await houseWith([everybody, staged])];
    const first = [await ask(one, everybody), await ask(one, staged)];
    const second = [await ask(other, staged), await ask(other, everybody)];
    expect(second.toReversed()).toEqual(first);
  });

  it('are the same for tasks at the same time', async () => {
    const small = await houseWith([everybody, staged]);
    const both = await Promise.all([ask(small, staged), ask(small, everybody)]);
    const again = await houseWith([everybody, staged]);
    expect(both.toReversed()).toEqual([await ask(again, everybody), await ask(again, staged)]);
  });

  it('are decided once by tasks at the same time', async () => {
    const small = await houseWith([everybody, staged]);
    const { linked } = small.house;
    let decisions = 0;
    const protect: typeof linked.protect = async (...counts) => {
      decisions++;
      // Long enough for the other task to come this far.
      await sleep(200);
      return linked.protect(...counts);
    };
    const house = { ...small.house, linked: { ...linked, protect } };
    await Promise.all([staged, everybody].map((question) => ask({ ...small, house }, question)));
    expect(decisions).toBe(1);
  });

  it('are decided once: the second is read again and nothing beside it', async () => {
    const small = await houseWith([everybody, staged]);
    await ask(small, everybody);
    // Its own figures, the atoms, and those of the other.
    expect(small.source.asked).toHaveLength(3);
    await ask(small, staged);
    expect(small.source.asked).toHaveLength(4);
  });
});

describe('a table that is granted later', () => {
  async function grow(small: SmallHouse, questions: readonly QuestionInput[]): Promise<void> {
    const { parties, vocabulary, agreement } = small;
    const dataset = agreement.agreement.target;
    const next = await signAgreement(parties, parties.holder(registry), { vocabulary, dataset, questions });
    small.stored = { hash: next.hash, agreement: next.agreement };
  }

  it('is fitted to what was published, which stays', async () => {
    const small = await houseWith([staged]);
    expect(await ask(small, staged)).toEqual([50, 50]);
    await grow(small, [staged, everybody, women]);
    expect(await ask(small, everybody)).toEqual([null, 70]);
    expect(await ask(small, staged)).toEqual([50, 50]);
    expect(await ask(small, women)).toEqual([25, 25]);
  });

  it('is withheld whole where something was answered that nothing was decided about', async () => {
    const small = await houseWith([everybody, staged]);
    const granted = await grantedIn(small);
    await small.house.history.answer(openGranted(granted).key, await sealing(small, small.house, granted));
    expect(await ask(small, staged)).toEqual([null, null]);
  });
});

describe('what cannot be decided', () => {
  it('is withheld: a record with a code that the dataset does not declare', async () => {
    const small = await houseWith([everybody, staged], [...records, { codes: { area: 'A-1', sex: 'F' }, person: 999 }]);
    expect(await ask(small, everybody)).toEqual([null, null]);
    expect(await ask(small, staged)).toEqual([null, null]);
  });

  it('is withheld: tables that are too large together', async () => {
    const fine = { ...everybody, by: [{ variable: 'site', level: 'category' }] };
    const other = { ...everybody, by: [{ variable: 'age', level: 'year' }] };
    const small = await houseWith([everybody, fine, other]);
    // As if they had been agreed to before this was checked: the check at approval refuses them.
    const house = { ...small.house, fileAgreements: { assertSafe: async () => undefined } };
    await expect(ask(small, everybody)).rejects.toThrow('nothing was released');
    expect(await ask({ ...small, house }, everybody)).toEqual([null, null]);
    expect(small.source.asked).toHaveLength(1);
  });
});
