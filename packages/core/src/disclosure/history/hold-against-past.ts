/** A new answer held against all that were given over the dataset before: a figure that few records have changed stays what it was. */
import { AppError, type ReleaseColumns, type Sha256 } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import type { FigureSets } from './figure-sets.ts';
import { keepColumns, type LastSaid, type Said } from './keep-columns.ts';
import { cellsOfShape, eachWithin, mayOverlap, type ShapeCells } from './nested-cells.ts';
import { type Draw, drawOf, isNear, isOtherSet, type Nearness, type SetOfRecords } from './other-set.ts';
import type { AnswerHistory, PastAnswer } from './past-answer.ts';

export interface HistoryRules {
  readonly minCellSize: number;
  readonly noiseKey: Uint8Array;
  /** Null where counts leave exactly. */
  readonly noise: Nearness | null;
}

export interface NewAnswer {
  readonly table: Sha256;
  readonly history: AnswerHistory;
  readonly measures: readonly ReleaseColumns[];
  readonly sets: readonly FigureSets[];
}

export type HeldAnswer = Pick<NewAnswer, 'measures' | 'sets'>;

/**
 * Two rules, for all that was ever said about the dataset (decision 0021). *The same cell*, in whatever table: what was said of it, `withheld` included, stays until its
 * set has become another one. *Cells of which one lies within the other*, where figures carry noise: if they seem to differ by fewer than k
 * persons, the older figure stays and the new one is not said. In place of what is not said stands what was said last, or `withheld`.
 *
 * Exact counts stay for good where what one of them has changed by would follow from others: in tables with totals or with several counts, and beside exact counts
 * about the same records that were given in another epoch; what was not said by then is not said at all.
 * @throws AppError AGGREGATE_UNFIT where there is too much to compare
 */
export function holdAgainstPast(answer: NewAnswer, rules: HistoryRules): HeldAnswer {
  const held = answer.measures.map((columns, place) => heldMeasure(answer, { place, columns }, rules));
  return { measures: held.map(({ columns }) => columns), sets: held.map(({ sets }) => sets) };
}

interface NewMeasure {
  readonly place: number;
  readonly columns: ReleaseColumns;
}

function heldMeasure(answer: NewAnswer, { place, columns }: NewMeasure, rules: HistoryRules) {
  const size = columns.status.length;
  const sets = answer.sets[place];
  if (sets === undefined) throw new AppError('INTERNAL', { detail: 'A measure came without its sets.' });
  const { isFixed, isBarred } = exactnessOf(answer, { place, columns }, rules);
  const state: State = {
    ...{ answer, columns, sets, rules, isFixed },
    keep: new Uint8Array(size).fill(isBarred ? 1 : 0),
    last: new Array<LastSaid | undefined>(size).fill(undefined),
    draw: drawOf(rules.noiseKey, answer.history.shape.measures[place]?.figure ?? ''),
    left: MAX_PAIRS,
    cellsOf: remembered(),
  };
  const own = state.cellsOf(answer.history.shape, place);
  for (const said of saidBefore(state, place)) compareWith(said, own, state);
  const fresh = sets.fresh.map((_, cell) => (state.keep[cell] === 1 && state.last[cell] !== undefined ? 0 : 1));
  return { columns: keepColumns(columns, state.keep, state.last), sets: { ...sets, fresh } };
}

/** Pairs of cells that are looked at for one measure: some seconds. */
const MAX_PAIRS = 300_000_000;

/** What becomes of one measure while it is compared. */
interface State {
  readonly answer: NewAnswer;
  readonly columns: ReleaseColumns;
  readonly sets: FigureSets;
  readonly rules: HistoryRules;
  readonly isFixed: boolean;
  readonly draw: Draw;
  /** 1 where the new figure is not said. */
  readonly keep: Uint8Array;
  readonly last: (LastSaid | undefined)[];
  left: number;
  readonly cellsOf: typeof cellsOfShape;
}

/** Most answers of a dataset have one of a few shapes. */
function remembered(): typeof cellsOfShape {
  const known = new Map<string, ShapeCells>();
  return (shape, place) => {
    const name = JSON.stringify([shape.dimensions, shape.margins, shape.measures[place]?.where, shape.declared]);
    const cells = known.get(name) ?? cellsOfShape(shape, place);
    known.set(name, cells);
    return cells;
  };
}

interface Exactness {
  /** Says again what was said, for good. */
  readonly isFixed: boolean;
  /** Says nothing else either. */
  readonly isBarred: boolean;
}

function exactnessOf(
  { measures, history, table }: NewAnswer,
  { place, columns }: NewMeasure,
  { noise }: HistoryRules,
): Exactness {
  if (noise !== null || columns.kind !== 'count') return { isFixed: false, isBarred: false };
  const counts = measures.filter((one) => one.kind === 'count').length;
  const others = history.past.filter((past) => past.table !== table && past.epoch !== history.epoch);
  const isBarred = others.some(({ basis, measures: said, perturbation }) =>
    said.some(
      ({ kind }, at) => perturbation === null && kind === 'count' && mayOverlap(history.shape, place, basis.shape, at),
    ),
  );
  return { isFixed: isBarred || history.shape.margins || counts > 1, isBarred };
}

/** Figures of the same kind. Exact counts are held against those of their own table alone: beside others they stay as they are. */
function saidBefore({ answer, columns: { kind }, rules }: State, place: number): readonly Said[] {
  const { history, table } = answer;
  const figure = history.shape.measures[place]?.figure;
  const isOwnTable = (past: PastAnswer): boolean => past.table === table;
  return history.past
    .filter((past) => !(isOwnTable(past) && past.epoch === history.epoch))
    .filter((past) => isOwnTable(past) || rules.noise !== null || kind === 'direct-rate')
    .flatMap((past) =>
      past.basis.shape.measures.flatMap((measure, at): Said[] => {
        const [columns, sets] = [past.measures[at], past.basis.sets[at]];
        if (measure.figure !== figure || columns?.kind !== kind || sets === undefined) return [];
        const isOwn = isOwnTable(past) && at === place;
        return [{ past, place: at, columns, sets, isOwn, isUsable: isUsable(past, rules) }];
      }),
    );
}

/** Said under as strict a threshold, and with the same noise. */
const isUsable = (past: PastAnswer, { minCellSize, noise }: HistoryRules): boolean =>
  past.minCellSize >= minCellSize &&
  contentHash(past.perturbation) === contentHash(noise === null ? null : noise.perturbation);

function compareWith(said: Said, own: ShapeCells, state: State): void {
  const cells = state.cellsOf(said.past.basis.shape, said.place);
  eachWithin(own, cells, (mine, other, isSame) => {
    spend(state);
    if (isSame) holdSame(said, mine, other, state);
    else holdNested(said, { mine, other, isFiner: true }, state);
  });
  if (state.rules.noise === null) return;
  eachWithin(cells, own, (other, mine, isSame) => {
    spend(state);
    if (!isSame) holdNested(said, { mine, other, isFiner: false }, state);
  });
}

/** Structure alone decides how many there are. */
function spend(state: State): void {
  state.left--;
  if (state.left < 0)
    throw new AppError('AGGREGATE_UNFIT', {
      detail: 'Too much was answered about these records before; ask in parts.',
    });
}

/** In one epoch the same cell is the same set. */
function holdSame(said: Said, mine: number, other: number, state: State): void {
  const { keep, last, rules, draw, answer } = state;
  // A cell can stand in several places of one table, and be withheld in some: each place says what itself has said.
  const isItself = said.isOwn && mine === other;
  if (said.isUsable && (isItself || last[mine]?.isItself !== true)) last[mine] = { said, cell: other, isItself };
  if (said.past.epoch === answer.history.epoch || keep[mine] === 1) return;
  const stays =
    state.isFixed ||
    (said.sets.fresh[other] === 1 &&
      !isOtherSet(setAt(said.sets, other), setAt(state.sets, mine), rules.minCellSize, draw));
  if (stays) keep[mine] = 1;
}

interface Nested {
  readonly mine: number;
  readonly other: number;
  /** The new cell lies within the older one. */
  readonly isFiner: boolean;
}

/** Only what was shown can be subtracted. */
function holdNested(said: Said, { mine, other, isFiner }: Nested, state: State): void {
  const { keep, columns, rules, sets } = state;
  const { noise } = rules;
  if (noise === null || columns.kind === 'direct-rate' || keep[mine] === 1 || said.sets.fresh[other] === 0) return;
  if (columns.status[mine] !== SHOWN || said.columns.status[other] !== SHOWN) return;
  const [own, theirs] = [setAt(sets, mine), setAt(said.sets, other)];
  const [fine, coarse] = isFiner ? [own, theirs] : [theirs, own];
  if (isNear(fine, coarse, noise)) keep[mine] = 1;
}

const SHOWN = 0;

const setAt = ({ units, persons, keys }: FigureSets, cell: number): SetOfRecords => ({
  units: units[cell] ?? 0,
  persons: persons[cell] ?? 0,
  key: keys[cell] ?? 0,
});
