/** The small print that belongs to the figures: legend, sentences, measures, holders, coverage. */
import type { Answer, Cell, DisclosureMode } from '@revier/schema';
import { DisclosureMode as modes } from '@revier/schema';
import { hanging, paint } from './layout.ts';
import { plain } from './plain-text.ts';
import type { TableOptions } from './table.ts';
import type { Words } from './words.ts';

type Holder = Answer['holders'][number];
type Explained = keyof Words['legend'];

/** In the order of their weight for the reader. */
const explained: readonly Explained[] = [
  'withheld',
  'unreliable',
  'zero',
  'notCollected',
  'grainUnavailable',
  'refused',
  'offline',
  'pending',
];

/** Only what occurs is explained. */
export function legendLines(answer: Answer, { words, width, colour }: TableOptions): string[] {
  const seen = new Set<Cell['status']>(
    answer.cells.flatMap(({ measures }) => answer.measures.map(({ name }) => measures[name]?.status ?? 'pending')),
  );
  return explained
    .filter((status) => seen.has(status))
    .flatMap((status) => hanging('', words.legend[status], width))
    .map((line) => paint(line, 'dim', colour));
}

export function sentenceLines(answer: Answer, options: TableOptions): string[] {
  if (answer.sentences.length === 0) return [];
  return [
    heading(options.words.sentences, options),
    ...answer.sentences.flatMap((sentence) => hanging('  ', plain(sentence[options.lang]), options.width)),
  ];
}

export function measureLines(answer: Answer, options: TableOptions): string[] {
  return [
    heading(options.words.measures, options),
    ...answer.measures.flatMap((measure) => hanging('  ', measureText(measure, options), options.width)),
  ];
}

function measureText(measure: Answer['measures'][number], { lang, words }: TableOptions): string {
  const standard = measure.standard === undefined ? '' : `; ${words.standard} ${plain(measure.standard)}`;
  const noise = measure.additive === false ? `; ${words.noised}` : '';
  const route = measure.route === 'denominator-travels' ? `; ${words.travels}` : '';
  return `${plain(measure.name)}: ${plain(measure.note[lang])}${standard}${route}${noise}.`;
}

const signs: Readonly<Record<Holder['status'], string>> = { answered: '✓', refused: '✗', offline: '–', pending: '…' };
const styles = { answered: 'green', refused: 'red', offline: 'yellow', pending: 'dim' } as const;

/** Who answered, who did not and why, and what each holder's mode means. */
export function holderLines(answer: Answer, options: TableOptions): string[] {
  const seen = new Set<DisclosureMode | undefined>(answer.holders.map(({ mode }) => mode));
  const notes = modes.options.filter((mode) => seen.has(mode)).map((mode) => options.words.modeNote[mode]);
  return [
    heading(options.words.holders, options),
    ...answer.holders.flatMap((holder) => holderText(holder, options)),
    ...notes.flatMap((note) => hanging('  ', note, options.width)).map((line) => paint(line, 'dim', options.colour)),
  ];
}

function holderText(holder: Holder, { words, width, colour }: TableOptions): string[] {
  const facts = [
    words.holder[holder.status],
    holder.mode === undefined ? null : `${holder.mode} ${words.mode[holder.mode]}`,
    holder.minCellSize === undefined ? null : words.atLeast(holder.minCellSize),
    holder.asOf === undefined ? null : `${words.asOf} ${dayOf(holder.asOf, words)}`,
  ].filter((fact) => fact !== null);
  const name = `${plain(holder.name)} (${plain(holder.dataset.replace(/^urn:revier:dataset:/, ''))})`;
  const [first = '', ...rest] = hanging(`  ${signs[holder.status]} `, `${name}: ${facts.join(' · ')}`, width);
  return [
    first.replace(signs[holder.status], paint(signs[holder.status], styles[holder.status], colour)),
    ...rest,
    ...holder.reasons.flatMap(({ code, pointer, hint }) =>
      hanging('      ', `${code}${pointer === '' ? '' : ` ${plain(pointer)}`}: ${plain(hint)}`, width),
    ),
  ];
}

/** Areas are named as the table names them, else by their code. */
export function coverageLines(answer: Answer, { lang, words, width }: TableOptions): string[] {
  const { areas, years, excluded } = answer.coverage;
  const labels = new Map(
    answer.dimensions
      .filter(({ name }) => name === 'area')
      .flatMap(({ codes }) => codes.map(({ code, label }) => [code, label[lang]] as const)),
  );
  const nameOf = (code: string): string => plain(labels.get(code) ?? code);
  const covered = [
    areas.length === 0 ? null : `${words.areas(areas.length)} (${shortened(areas.map(nameOf))})`,
    years.length === 0 ? null : spans(years),
  ].filter((part) => part !== null);
  const left = excluded.map(({ area, reason }) => `${nameOf(area)} (${words.excluded[reason]})`);
  return [
    ...(covered.length === 0 ? [] : hanging(`${words.coverage}: `, `${covered.join(', ')}.`, width)),
    ...(left.length === 0 ? [] : hanging(`${words.leftOut}: `, `${left.join(', ')}.`, width)),
  ];
}

const LISTED = 12;

const shortened = (names: readonly string[]): string =>
  names.length <= LISTED ? names.join(', ') : `${names.slice(0, LISTED).join(', ')}, …`;

/** 2016, 2017, 2018, 2020 are read as 2016–2018, 2020. */
export function spans(years: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const year of [...new Set(years)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === year - 1) last[1] = year;
    else runs.push([year, year]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

export const dayOf = (timestamp: string, { locale }: Words): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(timestamp));

const heading = (text: string, { colour }: TableOptions): string => paint(text, 'bold', colour);
