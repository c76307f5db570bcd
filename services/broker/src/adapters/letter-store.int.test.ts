/** Letters in the records: numbered on, whatever goes; a page that is no larger than it may be; what is old goes. */
import { digest } from '@revier/core';
import { openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CarriedLetter } from '../letter-ports.ts';
import { letterEntry } from '../log-entries.ts';
import { migrateBroker } from '../start-broker.ts';
import { letterStore } from './letter-store.ts';

const TO = 'did:web:clinic.example';
const DAY = 86_400_000;
let records: Records;
beforeAll(async () => {
  records = await openRecords({ memory: true, onError: () => {} });
  await migrateBroker(records);
});
afterAll(() => records?.close());

const store = () => letterStore(records, { keptLetters: 5 });
const put = (jws: string, at: number) => {
  const hash = digest(Buffer.from(jws));
  const letter: CarriedLetter = { hash, from: 'did:web:uni.example', to: TO, kind: 'revier-duty+jws', jws };
  return store().put(letter, undefined, { entry: letterEntry(letter), at });
};
const seqs = async (after = 0) => (await store().to(TO, after)).map(({ seq }) => seq);

it('goes on numbering after what was old has gone, and has room again', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) expect(await put(`${name}.b.c`, DAY)).toBe('put');
  expect([await put('a.b.c', DAY), await put('f.b.c', 2 * DAY)]).toEqual(['there', 'full']);
  expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
  await store().prune(2 * DAY);
  expect(await seqs()).toEqual([]);
  expect(await put('f.b.c', 2 * DAY)).toBe('put');
  expect([await seqs(), await seqs(6)]).toEqual([[6], []]);
});

it('gives of large letters as many as fit, and always one', async () => {
  const large = (name: string) => `${name}.${'A'.repeat(6 * 1024 * 1024)}.c`;
  for (const name of ['g', 'h', 'i']) expect(await put(large(name), 3 * DAY)).toBe('put');
  expect(await seqs(6)).toEqual([7, 8]);
  expect(await seqs(8)).toEqual([9]);
});
