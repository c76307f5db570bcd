/** Records under an objection: with the next data epoch they are not read any more, and what was said does not tell who they are. */
import { decodeRelease } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { smallDatasets, smallVocabulary } from '@revier/testkit';
import { expect, it } from 'vitest';
import { openSealedAnswer } from '../rooms/sieve.ts';
import { type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { answerTask, type House } from './answer-task.ts';

const signal = new AbortController().signal;

/** The store imported anew: so many persons of city A are left. */
function withNextEpoch(small: SmallHouse, left: number): { house: House; catalogue: string } {
  const [[id, held] = []] = small.house.datasets;
  if (id === undefined || held === undefined) throw new Error('no dataset');
  const description = { ...held.description, epoch: 'next-epoch' };
  const vocabulary = smallVocabulary(smallDatasets.map((one) => (one.id === id ? description : one)));
  const source: typeof held.source = {
    ...held.source,
    aggregate: async (table, options) => {
      const { measures, atoms } = await held.source.aggregate(table, options);
      const people = (): Float64Array => Float64Array.of(left, 3);
      return {
        measures: measures.map((one) => (one.kind === 'count' ? { ...one, value: people(), persons: people() } : one)),
        atoms: atoms && { ...atoms, records: people(), persons: people() },
      };
    },
  };
  return {
    house: {
      ...small.house,
      datasets: new Map([[id, { description, hash: contentHash(description), source }]]),
      vocabularies: { open: async () => vocabulary },
    },
    catalogue: vocabulary.hash,
  };
}

async function shown(small: SmallHouse, house: House, catalogue?: string): Promise<number | undefined> {
  const task = small.task(await small.ask(catalogue === undefined ? {} : { catalogue }));
  await answerTask(await small.sign(task), house, signal);
  const record = small.book.releases.at(-1);
  if (record === undefined || small.book.refusals.length > 0) throw new Error('nothing was released');
  const { bytes, hash } = openSealedAnswer(record.answer);
  const [measure] = decodeRelease(bytes, { bytes: bytes.length, sha256: hash }).measures;
  return measure?.kind === 'count' ? measure.value[0] : undefined;
}

it('are not counted in the next epoch, where nothing was answered before', async () => {
  const small = await smallHouse();
  const next = withNextEpoch(small, 39);
  expect(await shown(small, next.house, next.catalogue)).toBe(39);
});

it('leave a figure that was released as it is, to the byte: the difference would be the one who has objected', async () => {
  const small = await smallHouse();
  expect(await shown(small, small.house)).toBe(40);
  expect(await shown(small, small.house)).toBe(40);
  expect(small.source.asked).toHaveLength(1);
  const next = withNextEpoch(small, 39);
  expect(await shown(small, next.house, next.catalogue)).toBe(40);
  expect(small.source.asked).toHaveLength(2);
  expect(new Set(small.book.releases.map(({ key }) => key.epoch)).size).toBe(2);
  const [first, , last] = small.book.releases.map(({ answer }) => openSealedAnswer(answer).hash);
  expect(last).toBe(first);
});

it('change it as soon as they are so many that nobody stands out', async () => {
  const small = await smallHouse();
  await shown(small, small.house);
  const next = withNextEpoch(small, 25);
  expect(await shown(small, next.house, next.catalogue)).toBe(25);
});

it('makes a query that still names the old catalogue fail, rather than give the old figures again', async () => {
  const small = await smallHouse();
  await shown(small, small.house);
  const { house } = withNextEpoch(small, 39);
  const task = small.task(await small.ask());
  await answerTask(await small.sign(task), { ...house, vocabularies: small.house.vocabularies }, signal);
  expect(small.book.refusals.map(({ audit }) => audit.codes)).toEqual([['CATALOGUE_UNKNOWN']]);
  expect(small.book.releases).toHaveLength(1);
});
