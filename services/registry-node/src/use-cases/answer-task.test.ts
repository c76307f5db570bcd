/** A task through the whole house: what leaves is what the sieve has made and the ledger has written, or nothing. */
import { decodeRelease, resolver, verifyCompact } from '@revier/connector-sdk';
import { cellStatuses, Receipt } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { createLeaving } from '../rooms/leaving.ts';
import { Refusal, STOPPED } from '../rooms/refusal.ts';
import { openSealedAnswer } from '../rooms/sieve.ts';
import { question, type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { answerTask } from './answer-task.ts';

const signal = new AbortController().signal;

async function answer(small: SmallHouse, change: Parameters<SmallHouse['ask']>[0] = {}) {
  const task = small.task(await small.ask(change));
  await answerTask(await small.sign(task), small.house, signal);
  return task;
}

const receiptOf = (small: SmallHouse, jws: string): Promise<Receipt> =>
  verifyCompact(
    jws,
    'revier-receipt+jws',
    Receipt,
    resolver(small.parties.trust, { participant: small.house.self.participant }),
  );

describe('a granted task', () => {
  it('ends in one release: what is about fewer than five persons is withheld', async () => {
    const small = await smallHouse();
    await answer(small);
    expect(small.book.releases).toHaveLength(1);
    const [record] = small.book.releases;
    if (record === undefined) throw new Error('nothing was released');
    const { bytes, hash } = openSealedAnswer(record.answer);
    const body = decodeRelease(bytes, { bytes: bytes.length, sha256: hash });
    expect([...(body.measures[0]?.status ?? [])].map((byte) => cellStatuses[byte])).toEqual(['value', 'withheld']);
    expect(body.measures[0]).toMatchObject({ value: Float64Array.of(40, Number.NaN) });
    expect(await receiptOf(small, record.receipt)).toMatchObject({
      decision: 'accepted',
      agreement: small.agreement.hash,
    });
  });

  it('is read from the data once, however many ask', async () => {
    const small = await smallHouse();
    await answer(small);
    await answer(small);
    expect(small.source.asked).toHaveLength(1);
    const [first, second] = small.book.releases.map((record) => openSealedAnswer(record.answer));
    expect(second?.hash).toBe(first?.hash);
    expect(second?.granted.task.submissionId).not.toBe(first?.granted.task.submissionId);
  });

  it('is released to both of two who ask at the same time, with the same bytes', async () => {
    const small = await smallHouse();
    await Promise.all([answer(small), answer(small)]);
    expect(small.book.sentAgain).toEqual([]);
    const hashes = small.book.releases.map((record) => openSealedAnswer(record.answer).hash);
    expect(hashes).toHaveLength(2);
    expect(new Set(hashes).size).toBe(1);
    expect(new Set(small.book.releases.map(({ task }) => task.submissionId)).size).toBe(2);
  });

  it('delivered again leads to the messages of the first time, and to no second look', async () => {
    const small = await smallHouse();
    const task = await answer(small);
    await answerTask(await small.sign({ ...task, attempt: 2 }), small.house, signal);
    expect(small.book.sentAgain).toEqual([task.taskId]);
    expect(small.book.releases).toHaveLength(1);
  });

  it('delivered again while it is still being answered ends in one release, and in no refusal', async () => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    const sent = await Promise.all([small.sign(task), small.sign({ ...task, attempt: 2 })]);
    await Promise.all(sent.map((one) => answerTask(one, small.house, signal)));
    expect(small.book.releases).toHaveLength(1);
    expect(small.book.refusals).toEqual([]);
  });

  it('leaves no entry and no person in the log of the process', async () => {
    const small = await smallHouse();
    await answer(small);
    const [record] = small.book.releases;
    expect(JSON.stringify(record?.entry.facts)).not.toContain('r17');
    expect(record?.entry.person).toBe('did:web:university.example#r17');
  });
});

describe('a task that is not granted', () => {
  it('never reaches the data', async () => {
    const small = await smallHouse();
    await answer(small, { question: { ...question, purpose: 'ehds:HealthcareScientificResearch' } });
    expect(small.source.asked).toEqual([]);
    expect(small.book.releases).toEqual([]);
    const [record] = small.book.refusals;
    expect(await receiptOf(small, record?.receipt ?? '')).toMatchObject({
      decision: 'refused',
      reasons: [{ code: 'PURPOSE', pointer: '/permission/0/constraint/0' }],
    });
  });

  it('is remembered by its submission only where that was established', async () => {
    const small = await smallHouse();
    await answer(small, { credential: { registers: ['urn:revier:register:other'] } });
    await answer(small, { agreements: [] });
    expect(small.book.refusals.map(({ task }) => task === null)).toEqual([true, false]);
  });

  it('that nobody has signed has no receipt', async () => {
    const small = await smallHouse();
    await answerTask({ task: 'AAAA.AAAA.AAAA', query: 'AAAA.AAAA.AAAA' }, small.house, signal);
    expect(small.book.refusals).toEqual([]);
  });
});

describe('a failure', () => {
  it('of the data is told without any detail', async () => {
    const small = await smallHouse();
    small.source.answer = () => Promise.reject(new Error('select secret from cases where person = 17'));
    await answer(small);
    const receipt = await receiptOf(small, small.book.refusals[0]?.receipt ?? '');
    expect(receipt).toMatchObject({ decision: 'refused', reasons: [{ code: 'FAILED', pointer: '' }] });
    expect(JSON.stringify(receipt)).not.toContain('select');
  });

  it('of the book leaves nothing to send', async () => {
    const small = await smallHouse();
    const house = { ...small.house, book: { ...small.book, release: () => Promise.reject(new Error('disk full')) } };
    const task = small.task(await small.ask());
    await answerTask(await small.sign(task), house, signal);
    expect(small.book.releases).toEqual([]);
    expect(small.book.refusals).toHaveLength(1);
  });

  it('that a stop has caused is no outcome: nothing is written', async () => {
    const small = await smallHouse();
    const stop = new AbortController();
    const { answer: given } = small.source;
    small.source.answer = (table, aborted) => {
      stop.abort();
      return given(table, aborted);
    };
    const sent = await small.sign(small.task(await small.ask()));
    await expect(answerTask(sent, small.house, stop.signal)).rejects.toThrow();
    expect(small.book.releases).toEqual([]);
    expect(small.book.refusals).toEqual([]);
  });
});

describe('the time of an answer', () => {
  it('is planned by the shape of the table: no fresh, kept or failed one leaves before', async () => {
    const small = await smallHouse();
    const house = { ...small.house, leaving: createLeaving(50) };
    const timed = async (act: () => Promise<void>): Promise<number> => {
      const begun = performance.now();
      await act();
      return performance.now() - begun;
    };
    const once = async (): Promise<number> => {
      const sent = await small.sign(small.task(await small.ask()));
      return timed(() => answerTask(sent, house, signal));
    };
    const [fresh, kept] = [await once(), await once()];
    expect(small.source.asked).toHaveLength(1);
    small.book.kept = () => Promise.reject(new Error('the records fail'));
    const failed = await once();
    expect(small.book.refusals.at(-1)?.audit.codes).toEqual(['FAILED']);
    // Two ticks for a small table; timers may be early by the fraction of a millisecond.
    for (const time of [fresh, kept, failed]) expect(time).toBeGreaterThan(99);
  });

  it('does not keep a stop waiting', async () => {
    const small = await smallHouse();
    const house = { ...small.house, leaving: createLeaving(60_000) };
    const stopping = new AbortController();
    const sent = await small.sign(small.task(await small.ask()));
    const ended = answerTask(sent, house, stopping.signal);
    setTimeout(() => stopping.abort(new Refusal([STOPPED])), 50);
    await ended;
    expect(small.book.refusals.at(-1)?.audit.codes).toEqual(['STOPPED']);
  });
});
