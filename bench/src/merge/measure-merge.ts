/**
 * Part c: decoding and merging the releases of 1,000 holders, against adding up the same columns one after the other.
 * The SHA-256 of the bodies has a row of its own: it belongs to the signatures, which part a checks.
 */
import { decodeRelease } from '@revier/connector-sdk';
import { digest, mergeAnswer } from '@revier/core';
import { AppError, type ReleaseBody } from '@revier/schema';
import { bodyOf, manyHolders } from '../many-holders.ts';
import { medianMs } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';

const REACH = 5;

export async function measureMerge({ quick, say }: Bench): Promise<Row[]> {
  const holders = quick ? 100 : 1000;
  const rounds = quick ? 5 : 25;
  say(`c  ${holders} holders × 1,000 cells`);
  const space = manyHolders(holders, { year: 20, age: 50 });
  const { plan, vocabulary } = space;
  const sent = plan.tasks.map((task, at) => {
    const bytes = bodyOf(space, task, at);
    return { task, bytes, expected: { bytes: bytes.length, sha256: digest(bytes) } };
  });
  const decode = () => sent.map(({ task, bytes, expected }) => ({ task, body: decodeRelease(bytes, expected) }));
  const parts = decode();
  const merge = (of: typeof parts) => mergeAnswer({ plan, vocabulary, parts: of, absent: new Map() });
  assertEqual(
    merge(parts).cells.map(({ measures: { stays } }) =>
      stays !== undefined && 'value' in stays ? stays.value : undefined,
    ),
    sumOf(parts),
  );
  const narrow = { what: 'sum of the value columns', value: await medianMs(rounds, () => sumOf(parts)) };
  const floor = { what: 'sum of every column', value: await medianMs(rounds, () => sumOfAll(parts)) };
  const digests = await medianMs(rounds, () => sent.map(({ bytes }) => digest(bytes)));
  const merging = await medianMs(rounds, () => merge(parts));
  const decoding = await medianMs(rounds, decode);
  const whole = await medianMs(rounds, () => merge(decode()));
  const row = (what: string, value: number, limits: Pick<Row, 'floor' | 'reach' | 'aim'> = {}): Row => ({
    part: 'c',
    what: `${what}, ${holders} × 1,000 cells`,
    value,
    unit: 'ms',
    ...limits,
  });
  return [
    row('SHA-256 of the bodies', digests),
    row('merge', merging, { floor }),
    row('decode, less SHA-256', decoding - digests, { floor }),
    row('decode and merge, less SHA-256', whole - digests, { floor, reach: REACH * floor.value }),
    row('decode and merge, less SHA-256', whole - digests, { floor: narrow }),
    row('decode and merge', whole, { floor: { what: `SHA-256 + ${floor.what}`, value: digests + floor.value } }),
  ];
}

/** The narrow floor: every figure of every holder is looked at once. All of them are shown, and stand in the same cells. */
function sumOf(parts: readonly { readonly body: ReleaseBody }[]): Float64Array {
  const columns = parts.map(({ body }) => valuesOf(body));
  const total = new Float64Array(columns[0]?.length ?? 0);
  for (const column of columns)
    for (let cell = 0; cell < total.length; cell++) total[cell] = at(total, cell) + at(column, cell);
  return total;
}

/** The floor: everything that came is looked at once, keys and statuses too, since neither can be decoded or merged unread. */
function sumOfAll(parts: readonly { readonly body: ReleaseBody }[]): number {
  let total = 0;
  for (const { body } of parts) {
    for (const column of body.keys) total += sumOfKeys(column);
    for (const { status } of body.measures) total += sumOfStatuses(status);
    total += sumOfFigures(valuesOf(body));
  }
  return total;
}

// One function for each type of column: a common one would be compiled to something slower, and the floor too high.
function sumOfKeys(column: Uint32Array): number {
  let total = 0;
  for (let cell = 0; cell < column.length; cell++) total += column[cell] ?? 0;
  return total;
}

function sumOfStatuses(column: Uint8Array): number {
  let total = 0;
  for (let cell = 0; cell < column.length; cell++) total += column[cell] ?? 0;
  return total;
}

function sumOfFigures(column: Float64Array): number {
  let total = 0;
  for (let cell = 0; cell < column.length; cell++) total += column[cell] ?? 0;
  return total;
}

const at = (column: Float64Array, cell: number): number => column[cell] ?? Number.NaN;

function valuesOf({ measures: [columns] }: ReleaseBody): Float64Array {
  if (columns?.kind !== 'count') throw new AppError('INTERNAL');
  return columns.value;
}

/** What is fast and wrong is not measured. */
function assertEqual(merged: readonly (number | undefined)[], summed: Float64Array): void {
  if (merged.length !== summed.length || merged.some((value, cell) => value !== summed[cell]))
    throw new Error('The merge does not give the sum of its parts.');
}
