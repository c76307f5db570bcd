/** Counts in mode L: exact where shown, and `withheld` in one word for every other reason. */
import { AppError } from '@revier/schema';
import { type CellGrid, cellGrid } from './cell-grid.ts';
import { statusByte, type ValueColumns, valueColumns } from './columns.ts';
import { type CountSystem, countSystem } from './count-system.ts';
import type { DisclosureInput } from './disclosure-input.ts';
import { countsOf } from './raw-measures.ts';
import { possibleSignatures } from './signatures.ts';
import { shownTogether } from './suppression.ts';

/** Beyond this many ways in which counts of one table can overlap none of them is shown. */
const MAX_SIGNATURES = 64;
/** Atoms times cells of a table with margins, up to which elimination and audit take seconds. */
const MAX_WORK = 1_000_000;

/**
 * Columns of the counts of a table, by place in it. A table with margins that is too large to be checked as a whole shows no margin:
 * cells alone share no sum and are checked one by one. Both limits depend on the table only, not on the data.
 * @param pattern what may be shown, where that was decided together with other tables
 */
export function discloseCounts(
  input: DisclosureInput,
  grid: CellGrid,
  k: number,
  pattern: Uint8Array | null = null,
): ReadonlyMap<number, ValueColumns> {
  const places = input.table.measures.flatMap(({ kind }, i) => (kind === 'count' ? [i] : []));
  const columns = new Map(places.map((place) => [place, valueColumns('count', grid.size, 'withheld')]));
  const signatures = possibleSignatures(
    places.map((place) => input.table.measures[place]?.where ?? []),
    MAX_SIGNATURES,
  );
  if (pattern !== null) showPattern(input, { places, grid, k, pattern }, columns);
  if (pattern !== null || places.length === 0 || signatures === null) return columns;
  const work = grid.base.length * signatures.length * grid.size * places.length;
  const checked = grid.lines.length > 0 && work > MAX_WORK ? cellGrid(input.domain, false) : grid;
  showCounts(input, { places, signatures, grid, checked, k }, columns);
  return columns;
}

/** Which of its counts a table shows when it is protected by itself: 1 for each, `count * cells + cell`. */
export function patternAlone(input: DisclosureInput, k: number): Uint8Array<ArrayBuffer> {
  const grid = cellGrid(input.domain, input.table.margins);
  const columns = [...discloseCounts(input, grid, k)].sort(([a], [b]) => a - b);
  return Uint8Array.from(columns.flatMap(([, { status }]) => [...status].map((byte) => Number(byte === SHOWN))));
}

const SHOWN = statusByte('value');

interface Decided extends Pick<CountPlan, 'places' | 'grid' | 'k'> {
  readonly pattern: Uint8Array;
}

/** The threshold of this very answer may be stricter than that of the pattern. */
function showPattern(
  input: DisclosureInput,
  { places, grid, k, pattern }: Decided,
  columns: ReadonlyMap<number, ValueColumns>,
): void {
  if (pattern.length !== places.length * grid.size)
    throw new AppError('INTERNAL', { detail: 'A pattern does not fit its table.' });
  places.forEach((place, count) => {
    const column = columns.get(place);
    const { value, persons } = figuresOf(input, place, grid);
    value.forEach((figure, cell) => {
      if (column === undefined || pattern[count * grid.size + cell] !== 1 || (persons[cell] ?? 0) < k) return;
      column.status[cell] = SHOWN;
      column.value[cell] = figure;
    });
  });
}

interface CountPlan {
  readonly places: readonly number[];
  readonly signatures: readonly number[];
  /** The cells of the answer. */
  readonly grid: CellGrid;
  /** The cells that are checked together, and among which some are shown. */
  readonly checked: CellGrid;
  readonly k: number;
}

function showCounts(input: DisclosureInput, plan: CountPlan, columns: ReadonlyMap<number, ValueColumns>): void {
  const { places, signatures, grid, checked, k } = plan;
  if (input.raw.atoms === null) throw new AppError('INTERNAL', { detail: 'Counts came without their atoms.' });
  const system = countSystem(checked, places.length, signatures, input.raw.atoms);
  const figures = places.map((place) => figuresOf(input, place, checked));
  const shown = shownTogether({
    system,
    asked: places
      .flatMap((_, i) => Array.from({ length: checked.size }, (_, cell) => nodeOf(system, i, cell)))
      .filter((node) => node >= 0),
    persons: leastPersons(system, figures),
    minCellSize: k,
    partOf: (node) => (checked.lines.length > 0 ? 0 : Math.floor(node / system.groups)),
  });
  places.forEach((place, i) => {
    const column = columns.get(place);
    figures[i]?.value.forEach((value, cell) => {
      if (column === undefined || shown[nodeOf(system, i, cell)] !== 1) return;
      const answer = grid.indexOf(checked.keys, cell);
      column.status[answer] = statusByte('value');
      column.value[answer] = value;
    });
  });
}

/** -1, which is never shown, for a count whose filters no record can meet. */
function nodeOf({ groups, groupOfCount }: CountSystem, count: number, cell: number): number {
  const group = groupOfCount[count] ?? -1;
  return group < 0 ? -1 : cell * groups + group;
}

/** Figures by cell of the grid; margins that the grid leaves out are skipped. */
function figuresOf(input: DisclosureInput, place: number, grid: CellGrid) {
  const raw = countsOf(input.raw, place);
  const [value, persons] = [new Float64Array(grid.size), new Float64Array(grid.size)];
  const asked = cellGrid(input.domain, input.table.margins);
  raw.value.forEach((figure, i) => {
    if (grid.lines.length === 0 && asked.isMargin(asked.indexOf(raw.keys, i))) return;
    const cell = grid.indexOf(raw.keys, i);
    value[cell] = figure;
    persons[cell] = raw.persons[i] ?? 0;
  });
  return { value, persons };
}

/** Distinct persons where a count knows them; the sum over atoms, which may count a person twice, elsewhere. */
function leastPersons(system: CountSystem, figures: readonly { readonly persons: Float64Array }[]): Float64Array {
  const persons = system.persons.slice();
  figures.forEach((figure, i) => {
    figure.persons.forEach((distinct, cell) => {
      const node = nodeOf(system, i, cell);
      if (node >= 0) persons[node] = Math.min(persons[node] ?? 0, distinct);
    });
  });
  return persons;
}
