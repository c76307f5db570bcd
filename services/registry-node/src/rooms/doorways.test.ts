/** The doorways hold: nothing passes for what a room makes, and nobody but the next room opens it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ReleaseRecord } from '../ports.ts';
import type { ExactTable } from './archive.ts';
import type { VerifiedTask } from './gate.ts';
import type { Granted } from './guard.ts';
import type { release } from './ledger.ts';
import type { SealedAnswer } from './sieve.ts';

const sources = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  /^(?!.*\.(test|case)\.ts$).*\.ts$/.test(file),
);

const importersOf = (name: string): string[] =>
  sources
    .filter((file) => {
      const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
      return new RegExp(`import [^;]*\\b${name}\\b[^;]* from`).test(text);
    })
    .sort();

describe('each room’s work is opened by the next one alone', () => {
  it.each([
    ['openVerifiedTask', ['rooms/guard.ts']],
    ['openExactTable', ['rooms/linked.ts', 'rooms/sieve.ts']],
    ['readBeside', ['rooms/linked.ts']],
    ['openGranted', ['rooms/archive.ts', 'rooms/sieve.ts', 'use-cases/answer-task.ts', 'use-cases/answer-together.ts']],
    [
      'openSealedAnswer',
      ['adapters/records-book.ts', 'adapters/records-history.ts', 'rooms/ledger.ts', 'rooms/together-ledger.ts'],
    ],
    ['discloseTogether', ['rooms/sieve.ts']],
    ['holdMasked', ['rooms/sieve.ts']],
    ['maskPart', ['rooms/sieve.ts']],
    ['openNoisedWords', []],
    ['discloseOpen', ['rooms/sieve.ts']],
    ['encodeRelease', ['rooms/sieve.ts']],
  ])('%s', (name, importers) => expect(importersOf(name)).toEqual(importers));
});

/** Checked by the compiler: each of these lines is a room left out. */
describe('leaving out a room does not compile', () => {
  it('exact figures are no answer, nor is a grant, nor is a verified task a grant', () => {
    expectTypeOf<ExactTable>().not.toExtend<SealedAnswer>();
    expectTypeOf<Granted>().not.toExtend<SealedAnswer>();
    expectTypeOf<VerifiedTask>().not.toExtend<Granted>();
    expectTypeOf<Granted>().not.toExtend<ExactTable>();
  });

  it('the ledger and its book take sealed answers only', () => {
    expectTypeOf<Parameters<typeof release>[0]>().toEqualTypeOf<SealedAnswer>();
    expectTypeOf<ReleaseRecord['answer']>().toEqualTypeOf<SealedAnswer>();
    expectTypeOf<Uint8Array>().not.toExtend<ReleaseRecord['answer']>();
    // @ts-expect-error an object of the same shape is no sealed answer: its class does not leave the sieve
    const forged: SealedAnswer = {};
    expect(forged).toEqual({});
  });
});
