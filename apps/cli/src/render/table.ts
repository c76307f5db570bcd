/** The table: dimensions to the left, measures to the right, folded until it fits the terminal. */
import type { Answer } from '@revier/schema';
import { type FigureColumn, figureColumn } from './figures.ts';
import { type Column, GAP, tableWidth, typeset, wrap } from './layout.ts';
import { plain, widest, widthOf } from './plain-text.ts';
import type { Lang, Words } from './words.ts';

export interface TableOptions {
  readonly lang: Lang;
  readonly words: Words;
  readonly width: number;
  readonly colour: boolean;
}

/** A dimension is folded no narrower than this. */
const NARROWEST = 10;
/** The title of a dimension may widen its column up to this. */
const TITLE = 18;

/** A dimension before its width is settled. */
interface Foldable {
  readonly title: string;
  readonly width: number;
  readonly entries: Column['entries'];
}

interface MeasureColumns {
  readonly figures: Column;
  readonly events: Column | null;
}

export function tableLines(answer: Answer, options: TableOptions): string[] {
  if (answer.cells.length === 0) return [options.words.noCells];
  const measures = answer.measures.map((measure) => measureColumns(answer, measure, options.words));
  if (answer.dimensions.length === 0) return singleCell(answer, options);
  const columns = measures.map(({ figures }) => figures);
  const room = options.width - Math.max(...columns.map(({ width }) => width)) - GAP;
  const dimensions = folded(
    answer.dimensions.map((dimension) => dimensionColumn(answer, dimension, options)),
    room,
  );
  const withEvents = measures.flatMap(({ figures, events }) => (events === null ? [figures] : [figures, events]));
  const tables =
    tableWidth([...dimensions, ...withEvents]) <= options.width
      ? [withEvents]
      : chunked(columns, options.width - tableWidth(dimensions) - GAP);
  return tables.flatMap((chunk, at) => [
    ...(at === 0 ? [] : ['']),
    ...typeset([...dimensions, ...chunk], (row) => beginsTotals(answer, row), options.colour),
  ]);
}

/** Without dimensions there is one cell: its measures stand below each other. */
function singleCell(answer: Answer, { words, width, colour }: TableOptions): string[] {
  const [cell] = answer.cells;
  const columns = answer.measures.map((measure) => figureColumn(measure, [cell?.measures[measure.name]], words));
  const names = answer.measures.map(({ name }) => ({ text: plain(name) }));
  const figures = columns.map(({ entries: [entry] }) => ({ text: entry?.text ?? '', style: entry?.style ?? 'none' }));
  const details = columns.map(({ unit, events }) => ({
    text: [unit, eventsText(events, words)].filter((part) => part !== null).join(', '),
    style: 'dim' as const,
  }));
  const left = [columnOf([words.measure], names, 'left'), columnOf([words.figure], figures, 'right')];
  const detail = columnOf([''], details, 'left');
  const room = Math.max(NARROWEST, width - tableWidth(left) - GAP);
  return typeset([...left, { ...detail, width: Math.min(detail.width, room) }], () => false, colour);
}

function eventsText(events: FigureColumn['events'], words: Words): string | null {
  const text = events?.[0]?.text ?? '';
  return text === '' ? null : `${text} ${words.events}`;
}

function measureColumns(answer: Answer, measure: Answer['measures'][number], words: Words): MeasureColumns {
  const cells = answer.cells.map((cell) => cell.measures[measure.name]);
  const { entries, events, unit } = figureColumn(measure, cells, words);
  const bold = totalRows(answer);
  const stressed = entries.map((entry, row) =>
    bold[row] === true && entry.style === 'none' ? { ...entry, style: 'bold' as const } : entry,
  );
  return {
    figures: columnOf([plain(measure.name), ...(unit === null ? [] : [unit])], stressed, 'left'),
    events: events === null ? null : columnOf([words.events], events, 'right'),
  };
}

function columnOf(head: readonly string[], entries: Column['entries'], align: Column['align']): Column {
  const width = Math.max(widest(head), widest(entries.map(({ text }) => text)));
  return { head, align, width, entries };
}

/** A label that repeats the row above is left blank, so that groups are seen. */
function dimensionColumn(answer: Answer, dimension: Answer['dimensions'][number], options: TableOptions): Foldable {
  const before = answer.dimensions.slice(0, answer.dimensions.indexOf(dimension) + 1);
  const labelOf = labeller(dimension, options);
  const labels = answer.cells.map(({ by }) => labelOf(by[dimension.name] ?? null));
  const keys = answer.cells.map(({ by }) => JSON.stringify(before.map(({ name }) => by[name] ?? null)));
  const inner = before.length === answer.dimensions.length;
  const bold = totalRows(answer);
  const entries = labels.map((text, row) => ({
    text: !inner && row > 0 && keys[row] === keys[row - 1] && !beginsTotals(answer, row) ? '' : text,
    style: bold[row] === true ? ('bold' as const) : ('none' as const),
  }));
  const title = dimensionTitle(answer, dimension, options.lang);
  const width = Math.max(widest(labels), Math.min(widthOf(title), TITLE));
  return { title, width, entries };
}

/** Grouped through a lookup, a dimension is not what its title says alone: areas by quintile are no areas. */
export function dimensionTitle(
  { question }: Answer,
  { name, grouping, title }: Answer['dimensions'][number],
  lang: Lang,
): string {
  const lookup = question.by.some((asked) => 'lookup' in asked && asked.variable === name);
  return plain(title[lang]) + (lookup ? ` (${plain(grouping)})` : '');
}

/** Labels as text, each made once; a code that the answer does not explain stands for itself. */
function labeller({ codes }: Answer['dimensions'][number], { lang, words }: TableOptions) {
  const labels = new Map(codes.map(({ code, label }) => [code, plain(label[lang])]));
  return (code: string | null): string => (code === null ? words.total : (labels.get(code) ?? plain(code)));
}

/** The widest column gives way first, until all fit the room or none can. */
function folded(columns: readonly Foldable[], room: number): Column[] {
  const widths = columns.map(({ width }) => width);
  const excess = () => widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1) - room;
  while (excess() > 0 && Math.max(...widths) > NARROWEST) {
    const at = widths.indexOf(Math.max(...widths));
    widths[at] = Math.max(NARROWEST, (widths[at] ?? 0) - 1);
  }
  return columns.map(({ title, entries }, at) => {
    const width = widths[at] ?? NARROWEST;
    return { head: wrap(title, width), align: 'left', width, entries };
  });
}

/** Measures that do not fit beside each other stand in tables below each other. */
function chunked(columns: readonly Column[], room: number): Column[][] {
  const chunks: Column[][] = [];
  for (const column of columns) {
    const last = chunks.at(-1);
    if (last !== undefined && tableWidth([...last, column]) <= room) last.push(column);
    else chunks.push([column]);
  }
  return chunks;
}

const totalRows = (answer: Answer): boolean[] =>
  answer.cells.map(({ by }) => answer.dimensions.some(({ name }) => (by[name] ?? null) === null));

/** Totals over the first dimension close the table, below a rule of their own. */
function beginsTotals({ cells, dimensions: [first] }: Answer, row: number): boolean {
  const isTotal = (at: number): boolean => first !== undefined && (cells[at]?.by[first.name] ?? null) === null;
  return row > 0 && isTotal(row) && !isTotal(row - 1);
}
