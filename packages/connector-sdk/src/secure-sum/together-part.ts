/** What holders that answered together give to the merge: one opened table in place of theirs, which nobody can read. */
import {
  type MergeInput,
  openedBody,
  type PlanTask,
  prepareTable,
  sumError,
  type Vocabulary,
  type Words,
  wordsIn,
} from '@revier/core';
import { AppError, type ReleaseHeader, type SecureSumNote } from '@revier/schema';
import { decodeMasked } from './masked-body.ts';
import { openTotal, requireOneSum } from './open-total.ts';

/** One member's signed header, verified, with the bytes that it was signed for and its opened seed. */
export interface MemberRelease {
  readonly task: PlanTask;
  readonly header: ReleaseHeader;
  readonly bytes: Uint8Array;
  readonly seed: string | undefined;
}

export interface Together {
  readonly part: MergeInput['parts'][number];
  readonly note: SecureSumNote;
}

/** @throws AppError INVALID_REQUEST, SIGNATURE_INVALID, NOT_CANONICAL when these are not the parts of one opened sum */
export const togetherPart = (releases: readonly MemberRelease[], vocabulary: Vocabulary): Together =>
  partWith(releases, vocabulary, (words) =>
    openTotal(releases.map((release) => ({ ...partOf(release, words), member: release.header.iss }))),
  );

/**
 * The same for whoever is not given the seeds, since they would open what is withheld as well: every figure is withheld, and everything else is checked.
 * @throws as `togetherPart`
 */
export const closedPart = (releases: readonly MemberRelease[], vocabulary: Vocabulary): Together =>
  partWith(releases, vocabulary, (words) => {
    requireOneSum(releases.map((release) => ({ ...maskedOf(release, words), member: release.header.iss })));
    return new BigUint64Array(words);
  });

function partWith(
  releases: readonly MemberRelease[],
  vocabulary: Vocabulary,
  totalOf: (words: number) => Words,
): Together {
  const [first] = releases;
  if (first?.header.sum === undefined) throw new AppError('INVALID_REQUEST', { detail: 'There is no part of a sum.' });
  const { task } = first;
  const { variance, members } = first.header.sum;
  const { domain } = prepareTable(task, vocabulary, null);
  const words = wordsIn(domain, task.table);
  const total = totalOf(words);
  const minCellSize = Math.max(...releases.map(({ header }) => header.minCellSize ?? Number.POSITIVE_INFINITY));
  if (!Number.isInteger(minCellSize) || releases.some(({ header }) => header.sum?.variance !== variance))
    throw new AppError('INVALID_REQUEST', { detail: 'The members of the sum apply different rules.' });
  const body = openedBody(
    { table: task.table, model: task.model, tableHash: task.tableHash, domain, minCellSize },
    total,
  );
  return {
    part: { task, body, sumVariance: variance },
    note: { members: [...members].sort(), minCellSize, error: sumError(variance) },
  };
}

function partOf(release: MemberRelease, words: number) {
  const { seed } = release;
  if (seed === undefined) throw new AppError('INVALID_REQUEST', { detail: 'A part of the sum is not opened.' });
  return { ...maskedOf(release, words), seed };
}

function maskedOf({ header, bytes }: MemberRelease, words: number) {
  const { sum, body: sha256 } = header;
  if (sum === undefined) throw new AppError('INVALID_REQUEST', { detail: 'There is no part of a sum.' });
  return { sum, body: decodeMasked(bytes, { bytes: header.bytes, sha256 }, words) };
}
