/** Part i: secure sums against local release: what members compute, what the broker opens, and the plain additions under both. */
import { createCipheriv, randomBytes } from 'node:crypto';
import {
  makeSeed,
  makeSumSecret,
  maskPart,
  noiseSource,
  type OpenedPart,
  openTotal,
  type SumRoster,
  seedCommitment,
} from '@revier/connector-sdk';
import {
  addWords,
  type DisclosureInput,
  discloseLocal,
  discloseTogether,
  type RawTable,
  SUM_VARIANCE,
} from '@revier/core';
import type { Bench, Row } from '../row.ts';

const members = [4, 10, 100] as const;
const sizes = [1_000, 100_000] as const;
const KEY = new Uint8Array(32).fill(7);
const submission = `sha256:${'a'.repeat(64)}` as const;
const tableHash = `sha256:${'b'.repeat(64)}` as const;

export async function measureSecureSum({ quick, say }: Bench): Promise<Row[]> {
  return sizes.flatMap((cells) =>
    members.flatMap((count) => {
      if (quick && cells * count > 1_000_000) return [];
      say(`i  ${count} members, ${cells.toLocaleString('en')} cells`);
      return rowsOf(count, cells);
    }),
  );
}

function rowsOf(count: number, cells: number): Row[] {
  const ids = Array.from({ length: count }, (_, i) => `did:web:clinic-${i}.example`);
  const input = inputOf(cells);
  const secrets = ids.map(() => makeSumSecret());
  const keys = new Map(ids.map((id, i) => [id, secrets[i]?.x ?? '']));
  const roster: SumRoster = { submission, attempt: 1, digest: tableHash, keys };
  const noise = noiseSource({ noiseKey: KEY, members: ids, cellName: (_, cell) => String(cell) });
  const noised = timed(() => discloseTogether({ ...input, model: { variables: [] } }, noise));
  const seeds = ids.map(() => makeSeed());
  // Every member has as much to do: three of them are measured, and all words are needed.
  const parts = ids.map((member, i) => {
    const [secret = makeSumSecret(), seed = ''] = [secrets[i], seeds[i]];
    const masked = timed(() => maskPart(noised.result, { member, secret, seed, roster }));
    const sum = {
      submission,
      attempt: 1,
      roster: tableHash,
      members: ids,
      seed: seedCommitment(seed),
      variance: SUM_VARIANCE,
    };
    const body = { format: 'revier-masked/1' as const, table: tableHash, ...masked.result };
    return { ms: masked.ms, part: { member, sum, body, seed } satisfies OpenedPart };
  });
  const opened = timed(() => openTotal(parts.map(({ part }) => part)));
  const mask = middle(parts.map(({ ms }) => ms));
  const local = timed(() => discloseLocal(input, { minCellSize: 10 }, KEY));
  const about = `${count} members, ${cells.toLocaleString('en')} cells`;
  const row = (what: string, value: number, floor: Row['floor'], note: string): Row => ({
    ...{ part: 'i', what: `${what}, ${about}`, value, unit: 'ms', note },
    ...(floor === undefined ? {} : { floor }),
  });
  return [
    row(
      'masking at one member',
      mask,
      { what: 'AES-CTR of as many keystreams', value: streams(count, cells) },
      'without SQL',
    ),
    row('noise at one member', noised.ms, { what: 'mode L of the same table', value: local.ms }, 'without SQL'),
    row('opening at the broker', opened.ms, { what: 'adding the same words', value: additions(count, cells) }, ''),
  ];
}

/** Counts of one dimension, none of them small: what mode L withholds costs more. */
function inputOf(cells: number): DisclosureInput {
  const keys = [Uint32Array.from({ length: cells }, (_, i) => i)];
  const value = Float64Array.from({ length: cells }, (_, i) => 20 + (i % 50));
  const atoms = { keys, signature: new Uint32Array(cells).fill(1), records: value, persons: value };
  const raw: RawTable = {
    measures: [{ kind: 'count', keys, value, persons: value, recordKeys: keys[0] ?? new Uint32Array() }],
    atoms,
  };
  const table = {
    ...{ model: 'rehab-episode/1', by: [{ variable: 'age', level: 'year' }], margins: false, coverage: [] },
    measures: [{ kind: 'count' as const, unit: 'persons', where: [] }],
  };
  return { table, tableHash, domain: [Array.from({ length: cells }, (_, i) => i)], raw, rates: new Map() };
}

/** One for each pair, and the member's own. */
function streams(count: number, cells: number): number {
  const zeros = Buffer.alloc(8 * cells);
  return timed(() => {
    for (let i = 0; i < count; i++) createCipheriv('aes-256-ctr', KEY, Buffer.alloc(16)).update(zeros);
  }).ms;
}

function additions(count: number, cells: number): number {
  const words = new BigUint64Array(new Uint8Array(randomBytes(8 * cells)).buffer);
  return timed(() => {
    let sum = words;
    for (let i = 1; i < count; i++) sum = addWords(sum, words);
    return sum;
  }).ms;
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function timed<T>(run: () => T): { readonly ms: number; readonly result: T } {
  const begun = performance.now();
  const result = run();
  return { ms: performance.now() - begun, result };
}
