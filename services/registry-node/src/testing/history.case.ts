/** The contract of the history: what was answered once stays, is kept before it leaves, and is seen by all that is answered after it. */
import type { PastAnswer } from '@revier/core';
import { describe, expect, it } from 'vitest';
import type { AnswerKey, KeptBody } from '../ports.ts';
import { openGranted } from '../rooms/guard.ts';
import { isSealedAnswer, openSealedAnswer, recall, type SealedAnswer } from '../rooms/sieve.ts';
import type { OpenHouse, WorkOptions } from './at-work.case.ts';
import type { MemorySource } from './house.case.ts';
import { grantedIn, sealing } from './sealed.case.ts';

const bodyOf = (answer: SealedAnswer | KeptBody): string => {
  const { bytes, hash } = isSealedAnswer(answer) ? openSealedAnswer(answer) : answer;
  return `${hash} ${Buffer.from(bytes).toString('hex')}`;
};

/** A source that tells the keys of its records: so many persons in city A, 3 in city B. */
const counting =
  (inCityA: number): MemorySource['answer'] =>
  async () => {
    const [keys, people] = [[Uint32Array.of(0, 1)], Float64Array.of(inCityA, 3)];
    const atoms = { keys, signature: Uint32Array.of(1, 1), records: people, persons: people };
    const recordKeys = Uint32Array.of(4_000_000_000, 7);
    return { measures: [{ kind: 'count', keys, value: people, persons: people, recordKeys }], atoms };
  };

const unwanted = (): never => {
  throw new Error('made again');
};

export function describeHistory(open: OpenHouse): void {
  async function opened(options?: WorkOptions) {
    const { small, house } = await open(options);
    const granted = await grantedIn(small, house);
    const { key } = openGranted(granted);
    small.source.answer = counting(40);
    const { history, book } = house;
    const inEpoch = (epoch: string): AnswerKey => ({ ...key, epoch });
    return { small, house, granted, key, inEpoch, history, book, make: await sealing(small, house, granted) };
  }

  /** What an answer over the dataset would be held against now. */
  async function pastOf({ history }: Awaited<ReturnType<typeof opened>>, key: AnswerKey) {
    let seen: readonly PastAnswer[] = [];
    const looking = history.answer({ ...key, epoch: 'looking' }, (past) => {
      seen = past;
      throw new Error('looked');
    });
    await expect(looking).rejects.toThrow('looked');
    return seen;
  }

  describe('an answer', () => {
    it('is given again as it was: its bytes, of which nothing is made anew', async () => {
      const { history, key, make } = await opened();
      const first = await history.answer(key, make);
      expect(isSealedAnswer(first)).toBe(true);
      const again = await history.answer(key, unwanted);
      expect(isSealedAnswer(again)).toBe(false);
      expect(bodyOf(again)).toBe(bodyOf(first));
    });

    it('is made once by two at the same time, and given to both', async () => {
      const { history, key, make } = await opened();
      let made = 0;
      const counted = (past: readonly PastAnswer[]) => {
        made++;
        return make(past);
      };
      const [one, other] = await Promise.all([history.answer(key, counted), history.answer(key, counted)]);
      expect(made).toBe(1);
      expect(bodyOf(one)).toBe(bodyOf(other));
      expect([one, other].filter(isSealedAnswer)).toHaveLength(1);
    });

    it('is found in the book before it leaves', async () => {
      const { history, book, key, inEpoch, make } = await opened();
      expect(await book.kept(key)).toBeUndefined();
      const answer = await history.answer(key, make);
      const kept = await book.kept(key);
      expect(kept && bodyOf(kept)).toBe(bodyOf(answer));
      expect(await book.kept(inEpoch('later'))).toBeUndefined();
    });

    it('that cannot be made is none', async () => {
      const { history, book, key, make } = await opened();
      await expect(history.answer(key, unwanted)).rejects.toThrow('made again');
      expect(await book.kept(key)).toBeUndefined();
      expect([...(await history.answered(key.dataset))]).toEqual([]);
      expect(isSealedAnswer(await history.answer(key, make))).toBe(true);
    });
  });

  describe('what an answer is held against', () => {
    it('is all that was answered over its dataset in whatever epoch, the oldest first, and nothing of another', async () => {
      const work = await opened();
      const { history, key, inEpoch, make, small, house } = work;
      const first = await history.answer(inEpoch('9'), () => make());
      small.source.answer = counting(60);
      const anew = await sealing(small, house);
      const second = await history.answer({ ...inEpoch('1'), minCellSize: 7 }, () => anew());
      await history.answer({ ...key, dataset: 'urn:revier:dataset:other' }, () => make());
      const past = await pastOf(work, key);
      expect(past.map(({ epoch, minCellSize }) => [epoch, minCellSize])).toEqual([
        ['9', key.minCellSize],
        ['1', 7],
      ]);
      for (const [place, answer] of [first, second].entries()) {
        if (!isSealedAnswer(answer)) throw new Error('not made');
        const { basis } = openSealedAnswer(answer);
        expect(past[place]).toMatchObject({ table: key.table, perturbation: null, basis });
      }
      expect(past.map(({ measures: [of] }) => of?.kind === 'count' && [...of.value])).toEqual([
        [40, Number.NaN],
        [60, Number.NaN],
      ]);
    });

    it('says with which noise it was given', async () => {
      const work = await opened({ floor: { disclosure: { method: 'cell-key' } } });
      await work.history.answer(work.key, work.make);
      const { cellKeys } = openGranted(work.granted);
      expect(cellKeys).not.toBeNull();
      expect((await pastOf(work, work.key)).map(({ perturbation }) => perturbation)).toEqual([cellKeys?.perturbation]);
    });

    it('has no sets beside figures that repeat an older one', async () => {
      const work = await opened();
      const { history, key, inEpoch, make } = work;
      await history.answer(inEpoch('before'), make);
      await history.answer(key, make);
      const sets = (await pastOf(work, key)).map(({ basis }) => basis.sets[0]);
      expect(sets.map((one) => [...(one?.fresh ?? [])][0])).toEqual([1, 0]);
      expect(sets.map((one) => one?.persons[0])).toEqual([40, 0]);
      expect(sets.map((one) => one?.keys[0])).toEqual([4_000_000_000, 0]);
    });
  });

  describe('an answer without what later ones could be held against', () => {
    it('stays as a whole in every epoch, and is not seen', async () => {
      const work = await opened();
      const { history, granted, key, inEpoch, make } = work;
      const { bytes, hash } = openSealedAnswer(make());
      await history.answer(key, () => recall(granted, { bytes, hash }));
      const later = await history.answer(inEpoch('later'), unwanted);
      expect(bodyOf(later)).toBe(bodyOf({ bytes, hash }));
      expect(await pastOf(work, { ...key, minCellSize: 7 })).toEqual([]);
    });

    it('stays under its own threshold, versions and dataset alone; exact figures change with the epoch', async () => {
      const { history, granted, key, inEpoch, make } = await opened();
      const { bytes, hash } = openSealedAnswer(make());
      const bare = () => recall(granted, { bytes, hash });
      const open = { ...key, minCellSize: 0 };
      for (const one of [key, open]) await history.answer(one, bare);
      const { epoch } = inEpoch('later');
      const others = [
        { ...open, epoch },
        { ...key, epoch, minCellSize: 7 },
        { ...key, epoch, versions: hash },
        { ...key, epoch, dataset: 'urn:revier:dataset:other' },
      ];
      for (const other of others) expect(isSealedAnswer(await history.answer(other, make))).toBe(true);
    });
  });

  it('tells the tables that were answered over a dataset, with or without what is held against later ones', async () => {
    const { history, granted, key, inEpoch, make } = await opened();
    const { bytes, hash } = openSealedAnswer(make());
    await history.answer(key, make);
    await history.answer(inEpoch('later'), make);
    await history.answer({ ...key, table: hash }, () => recall(granted, { bytes, hash }));
    expect(await history.answered(key.dataset)).toEqual(new Set([key.table, hash]));
    expect(await history.answered('urn:revier:dataset:other')).toEqual(new Set());
  });
}
