/** The sieve: disclosure control, the only maker of what may leave; without it there is no answer to record. */
import {
  encodeMasked,
  encodeRelease,
  type Masking,
  maskPart,
  noiseSource,
  seedCommitment,
} from '@revier/connector-sdk';
import {
  type AnswerBasis,
  cellGrid,
  cellNamer,
  contentHash,
  contributionCap,
  type DisclosureInput,
  digest,
  discloseLocal,
  discloseOpen,
  discloseTogether,
  type Hold,
  holdMasked,
  type MaskedSet,
  type PastAnswer,
  type Pattern,
  type RawTable,
  type Release,
  SUM_VARIANCE,
  tableShape,
} from '@revier/core';
import { AppError, type DisclosureMode, type MaskedBody, type Sha256, type SumPart, TOTAL } from '@revier/schema';
import type { KeptBody } from '../ports.ts';
import { type ExactTable, openExactTable } from './archive.ts';
import { type Granted, type GrantedFacts, openGranted } from './guard.ts';

export interface SealedFacts {
  readonly granted: GrantedFacts;
  readonly mode: DisclosureMode;
  /** CBOR of the release. */
  readonly bytes: Uint8Array;
  readonly hash: Sha256;
  /** What later answers are held against; it stays in the node's records. */
  readonly basis?: AnswerBasis | null;
  /** Mode F: the bytes are masked words, and this is the sum that they are a part of. */
  readonly sum?: SumPart;
}

/** What may leave. Made of a `Release` of disclosure control, or of the bytes that one was kept as. */
class SealedAnswer {
  readonly #facts: SealedFacts;

  private constructor(facts: SealedFacts) {
    this.#facts = facts;
  }

  static of(granted: GrantedFacts, release: Release): SealedAnswer {
    const bytes = encodeRelease(release);
    return new SealedAnswer({ granted, mode: release.mode, bytes, hash: digest(bytes), basis: release.basis });
  }

  /** Masked words say nothing by themselves. */
  static masked(granted: GrantedFacts, body: MaskedBody, sum: SumPart): SealedAnswer {
    const bytes = encodeMasked(body);
    return new SealedAnswer({ granted, mode: 'F', bytes, hash: digest(bytes), sum });
  }

  static again(granted: GrantedFacts, { bytes, hash }: KeptBody, sum?: SumPart): SealedAnswer {
    if (digest(bytes) !== hash) throw new AppError('INTERNAL', { detail: 'A kept answer is not what it was.' });
    const { mode } = granted.own.dataset;
    return new SealedAnswer({ granted, mode, bytes, hash, ...(sum === undefined ? {} : { sum }) });
  }

  static open(answer: SealedAnswer): SealedFacts {
    return answer.#facts;
  }
}

export type { SealedAnswer };

export const isSealedAnswer = (answer: SealedAnswer | KeptBody): answer is SealedAnswer =>
  answer instanceof SealedAnswer;

/** For the ledger and the book that it writes. */
export const openSealedAnswer = SealedAnswer.open;

/** What decides beside the figures. */
export interface Beside {
  /** What was decided to be shown, where counts are suppressed. */
  readonly pattern: Pattern | null;
  /** All that was answered over the dataset before. */
  readonly past: readonly PastAnswer[];
}

export function sieve(exact: ExactTable, noiseKey: Uint8Array, beside: Beside): SealedAnswer {
  const { granted, raw } = openExactTable(exact);
  return SealedAnswer.of(granted, disclose(granted, raw, noiseKey, beside));
}

/** The answer that was given before, byte-equal. `kept` must be what the book keeps under the key of the granted task. */
export const recall = (granted: Granted, kept: KeptBody, sum?: SumPart): SealedAnswer =>
  SealedAnswer.again(openGranted(granted), kept, sum);

export interface MaskedAnswer {
  readonly answer: SealedAnswer;
  /** Names of its cells, free of the data epoch. */
  readonly cells: readonly Sha256[];
  /** What it masks for the first time: later sums are held against it. */
  readonly fresh: ReadonlyMap<Sha256, MaskedSet>;
}

/** All that was masked of each cell over the dataset before, the oldest first. */
export type MaskedBefore = (cells: readonly Sha256[]) => Promise<ReadonlyMap<Sha256, readonly MaskedSet[]>>;

/**
 * Mode F: counts with this node's share of the noise, under masks that cancel in the sum of all. A cell that few records have changed since it was masked is
 * masked as it was.
 */
export async function sieveTogether(
  exact: ExactTable,
  masking: Masking,
  noiseKey: Uint8Array,
  before: MaskedBefore,
): Promise<MaskedAnswer> {
  const { granted, raw } = openExactTable(exact);
  const { own, prepared, minCellSize } = granted;
  if (own.dataset.mode !== 'F' || minCellSize === null)
    throw new AppError('INTERNAL', { detail: 'Mode and threshold do not fit.' });
  const names = cellNames(granted);
  const members = [...masking.roster.keys.keys()].sort();
  const noise = noiseSource({ noiseKey, members, cellName: (measure, cell) => names[measure]?.[cell] ?? '' });
  const { table, tableHash } = own;
  const { hold, fresh } = await holding({ ...granted, minCellSize }, names, noiseKey, before);
  const noised = discloseTogether(
    { table, tableHash, model: own.model, domain: prepared.domain, raw, rates: new Map() },
    noise,
    hold,
  );
  const { submission, attempt, digest: roster } = masking.roster;
  const sum: SumPart = {
    ...{ submission, attempt, roster, members },
    ...{ seed: seedCommitment(masking.seed), variance: SUM_VARIANCE },
  };
  const body: MaskedBody = { format: 'revier-masked/1', table: tableHash, ...maskPart(noised, masking) };
  return { answer: SealedAnswer.masked(granted, body, sum), cells: names.flat(), fresh };
}

/** What comes to be masked for the first time stands in `fresh`. */
async function holding(
  { own, prepared, vocabulary, minCellSize }: GrantedFacts & { readonly minCellSize: number },
  names: readonly Sha256[][],
  noiseKey: Uint8Array,
  before: MaskedBefore,
) {
  const { measures } = tableShape(own, vocabulary, prepared);
  const rules = measures.map(({ figure }) => holdMasked({ minCellSize, noiseKey, figure }));
  const kept = own.table.measures.map((measure, place) => {
    const cap = contributionCap(own.model, measure);
    // Steps of another bound are other words.
    return (names[place] ?? []).map((cell) => (cap === null ? cell : contentHash({ cell, cap })));
  });
  const past = await before([...new Set(kept.flat())]);
  const fresh = new Map<Sha256, MaskedSet>();
  const hold: Hold = (found, measure, cell) => {
    const [rule, name] = [rules[measure], kept[measure]?.[cell]];
    if (rule === undefined || name === undefined) throw new AppError('INTERNAL', { detail: 'A cell has no name.' });
    const held = rule(found, past.get(name) ?? []);
    if (held === found) fresh.set(name, found);
    return held;
  };
  return { hold, fresh };
}

/** By measure and cell, without the data epoch: noise and opened sets are kept by these. */
function cellNames({ own, prepared, vocabulary }: GrantedFacts): Sha256[][] {
  const grid = cellGrid(prepared.domain, own.table.margins);
  const nameOf = cellNamer({ ...own, dataset: { ...own.dataset, epoch: '' } }, vocabulary);
  const numbers = Array.from({ length: grid.size }, (_, cell) => grid.keys.map((column) => column[cell] ?? TOTAL));
  return own.table.measures.map((_, measure) => numbers.map((of) => nameOf(measure, of)));
}

function disclose(granted: GrantedFacts, raw: RawTable, noiseKey: Uint8Array, { pattern, past }: Beside): Release {
  const { own, prepared, rates, minCellSize, cellKeys, vocabulary } = granted;
  const input: DisclosureInput = {
    table: own.table,
    tableHash: own.tableHash,
    domain: prepared.domain,
    impossible: prepared.impossible,
    raw,
    rates,
  };
  // Exact figures leave only where the guard has found the dataset public, which it says by applying no threshold.
  if (own.dataset.mode === 'O' && minCellSize === null) return discloseOpen(input);
  // Counts that are suppressed are shown as was decided over all linked tables, or not at all.
  if (own.dataset.mode === 'L' && minCellSize !== null && (cellKeys === null) === (pattern !== null)) {
    const history = { shape: tableShape(own, vocabulary, prepared), epoch: own.dataset.epoch, past };
    return discloseLocal(input, { minCellSize, cellKeys, pattern }, noiseKey, history);
  }
  throw new AppError('INTERNAL', { detail: 'Mode and threshold do not fit.' });
}
