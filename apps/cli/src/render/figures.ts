/** The scales: one measure's cells become text of one precision, aligned at value and interval. */
import type { Answer, Cell } from '@revier/schema';
import type { Entry } from './layout.ts';
import { padded, type Style } from './layout.ts';
import { largest, widest } from './plain-text.ts';
import type { Words } from './words.ts';

type Measure = Answer['measures'][number];
type Shown = Extract<Cell, { value: number }>;

export interface FigureColumn {
  readonly entries: readonly Entry[];
  /** Classes of the number of events, where any cell has one. */
  readonly events: readonly Entry[] | null;
  readonly unit: string | null;
}

/** The sign of a withheld cell: the most frequent gap speaks softest, and a legend explains it. */
export const WITHHELD = '·';
const UNRELIABLE = '?';

export const isShown = (cell: Cell | undefined): cell is Shown => cell !== undefined && 'value' in cell;

/** `undefined` where the answer has no cell for this measure: shown as pending, never as zero. */
export function figureColumn(measure: Measure, cells: readonly (Cell | undefined)[], words: Words): FigureColumn {
  const format = formatOf(measure, cells, words);
  const values = widest(cells.map((cell) => (isShown(cell) ? format(cell.value) : WITHHELD)));
  const intervals = widest(cells.map((cell) => intervalOf(cell, format)));
  const marked = cells.some((cell) => cell?.status === 'unreliable');
  return {
    entries: cells.map((cell) => entryOf(cell, { format, values, intervals, marked, words })),
    events: cells.some(eventsOf) ? cells.map((cell) => ({ text: eventsOf(cell), style: 'dim' })) : null,
    unit: unitOf(measure, intervals > 0, words),
  };
}

interface Alignment {
  readonly format: (value: number) => string;
  /** Widths in characters. */
  readonly values: number;
  readonly intervals: number;
  readonly marked: boolean;
  readonly words: Words;
}

function entryOf(cell: Cell | undefined, { format, values, intervals, marked, words }: Alignment): Entry {
  if (cell === undefined) return { text: words.gap.pending, style: 'dim' };
  if (cell.status === 'withheld') return { text: padded(WITHHELD, values, 'right'), style: 'dim' };
  if (!isShown(cell)) return { text: words.gap[cell.status], style: gapStyle(cell.status) };
  const value = padded(format(cell.value), values, 'right');
  const interval = intervals === 0 ? '' : ` ${padded(intervalOf(cell, format), intervals, 'right')}`;
  const mark = marked ? ` ${cell.status === 'unreliable' ? UNRELIABLE : ' '}` : '';
  return { text: `${value}${interval}${mark}`, style: cell.status === 'unreliable' ? 'yellow' : 'none' };
}

const gapStyle = (status: Cell['status']): Style => (status === 'refused' ? 'red' : 'dim');

/** Limits, or else how far noise may have carried a figure. */
function intervalOf(cell: Cell | undefined, format: (value: number) => string): string {
  if (!isShown(cell)) return '';
  if (cell.lower === undefined || cell.upper === undefined)
    return 'error' in cell && cell.error !== undefined ? `±${format(cell.error.within95)}` : '';
  return `(${format(cell.lower)}–${format(cell.upper)})`;
}

const eventsOf = (cell: Cell | undefined): string =>
  cell !== undefined && 'events' in cell ? (cell.events?.replace('-', '–') ?? '') : '';

/** Counts are whole; shares are per cent; rates have three significant digits of the largest figure, one decimal at least. */
function formatOf(measure: Measure, cells: readonly (Cell | undefined)[], { locale }: Words) {
  const share = measure.kind === 'proportion';
  const decimals = share ? 1 : decimalsOf(measure, cells);
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: measure.kind === 'sum' ? 0 : decimals,
    maximumFractionDigits: decimals,
  });
  return (value: number): string => number.format(share ? value * 100 : value);
}

function decimalsOf({ kind }: Measure, cells: readonly (Cell | undefined)[]): number {
  if (kind === 'count') return 0;
  if (kind === 'sum' || kind === 'mean') return 2;
  const most = largest(cells.map((cell) => (isShown(cell) ? Math.abs(cell.value) : 0)));
  return most === 0 ? 1 : Math.min(6, Math.max(1, 2 - Math.floor(Math.log10(most))));
}

function unitOf(measure: Measure, interval: boolean, words: Words): string | null {
  const unit = measure.kind === 'proportion' ? words.percent : rateUnit(measure, words);
  const beside = ['count', 'sum', 'mean'].includes(measure.kind) ? words.noise : words.interval;
  const parts = [unit, interval ? `(${beside})` : null].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

const rateUnit = ({ per }: Measure, words: Words): string | null =>
  per === undefined || per === 1 ? null : `${words.per} ${new Intl.NumberFormat(words.locale).format(per)}`;
