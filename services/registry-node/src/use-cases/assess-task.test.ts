/** A dry run through the house: told like a decision, and nothing read, charged or answered. */
import { resolver, verifyCompact } from '@revier/connector-sdk';
import { type Assessment, Receipt } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { openAssessed } from '../testing/assessed.case.ts';
import { DRY_RUNS, question, type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { answerTask } from './answer-task.ts';

const signal = new AbortController().signal;
type Change = NonNullable<Parameters<SmallHouse['ask']>[0]>;

async function give(small: SmallHouse, change: Change = {}) {
  const task = small.task(await small.ask(change));
  await answerTask(await small.sign(task), small.house, signal);
  return task;
}

const dry = (change: Change = {}): Change => ({ ...change, envelope: { ...change.envelope, dryRun: true } });

async function assess(small: SmallHouse, change: Change = {}): Promise<Assessment> {
  await give(small, dry(change));
  return openAssessed(small, small.book.assessments.at(-1)?.receipt ?? '');
}

describe('a dry run', () => {
  it('tells that it would be answered, how finely, and from how many persons on', async () => {
    const small = await smallHouse();
    expect(await assess(small)).toMatchObject({
      wouldAnswer: true,
      reasons: [],
      agreement: small.agreement.hash,
      mode: 'L',
      minCellSize: 5,
      grain: [{ variable: 'area', level: 'city' }],
      cells: 2,
      left: { cells: null, queries: null },
      withheldPercent: null,
    });
  });

  it('reads no data, keeps no answer, and is entered with its person apart', async () => {
    const small = await smallHouse();
    await assess(small);
    expect(small.source.asked).toEqual([]);
    expect(small.book.releases).toEqual([]);
    expect(small.book.refusals).toEqual([]);
    expect(small.book.assessments[0]?.audit).toMatchObject({
      decision: 'assessed',
      person: 'did:web:university.example#r17',
      facts: { agreement: small.agreement.hash },
    });
  });

  it('tells what was withheld of figures already released, and of no others', async () => {
    const small = await smallHouse();
    await give(small);
    expect((await assess(small)).withheldPercent).toBe(50);
    const finer = { ...question, by: [{ variable: 'sex' }] };
    expect((await assess(small, { question: finer })).withheldPercent).toBeNull();
    expect(small.source.asked).toHaveLength(1);
  });

  it('names the rule that would refuse, with its place', async () => {
    const small = await smallHouse();
    const told = await assess(small, { question: { ...question, purpose: 'ehds:HealthcareScientificResearch' } });
    expect(told).toMatchObject({
      wouldAnswer: false,
      reasons: [{ code: 'PURPOSE', pointer: '/permission/0/constraint/0' }],
      minCellSize: null,
      withheldPercent: null,
    });
  });

  it('tells of a missing agreement, and of a sealed epoch unless the figures were released before', async () => {
    const small = await smallHouse();
    expect(await assess(small, { agreements: [] })).toMatchObject({
      wouldAnswer: false,
      agreement: null,
      reasons: [{ code: 'NOT_AGREED' }],
    });
    const house = { ...small.house, isSealed: async () => true };
    const sealed = { ...small, house };
    expect((await assess(sealed)).reasons.map(({ code }) => code)).toEqual(['EPOCH_SEALED']);
    await give(small);
    expect((await assess(sealed)).wouldAnswer).toBe(true);
  });

  it('shows nothing that a restricted view hides: neither spent budgets nor hashes to guess them from', async () => {
    const small = await smallHouse();
    await assess(small);
    const receipt = await verifyCompact(
      small.book.assessments[0]?.receipt ?? '',
      'revier-receipt+jws',
      Receipt,
      resolver(small.parties.trust, { participant: small.house.self.participant }),
    );
    expect(JSON.stringify(receipt)).not.toMatch(/stateHash|actual|spent/);
  });

  it('leaves the submission free, and leads to the same message when it is delivered again', async () => {
    const small = await smallHouse();
    const task = await give(small, dry());
    await answerTask(await small.sign({ ...task, attempt: 2 }), small.house, signal);
    expect(small.book.assessments).toHaveLength(1);
    expect(small.book.sentAgain).toEqual([task.taskId]);
  });

  it('is refused when somebody asks for too many within a minute, and again allowed in the next', async () => {
    const small = await smallHouse();
    for (let i = 0; i < DRY_RUNS; i++) await assess(small);
    await give(small, dry());
    expect(small.book.refusals.map(({ audit }) => audit.codes)).toEqual([['QUOTA']]);
    small.now += 60_000;
    await give(small, dry());
    expect(small.book.assessments).toHaveLength(DRY_RUNS + 1);
  });
});

describe('budgets in a dry run', () => {
  it('are left untouched however often it is asked, and the query that follows is answered', async () => {
    const small = await smallHouse();
    await assess(small);
    await assess(small);
    await give(small);
    expect(small.book.releases).toHaveLength(1);
  });
});
