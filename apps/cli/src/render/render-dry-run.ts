/** A dry run as a table: a row for each holder's part, then what stands in the way, with its place in the agreement. */
import type { DryRunResult, HolderAssessment } from '@revier/schema';
import { type Column, typeset, wrap } from './layout.ts';
import { plain, widest } from './plain-text.ts';
import type { RenderOptions } from './render-answer.ts';
import type { Lang } from './words.ts';

interface Words {
  readonly title: string;
  readonly head: readonly [string, string, string, string, string, string, string];
  readonly verdict: Readonly<Record<'yes' | 'no' | 'refused' | 'offline', string>>;
  readonly exact: string;
  readonly unlimited: string;
  readonly queries: string;
  readonly cells: string;
  readonly why: string;
  readonly notes: readonly string[];
}

const de: Words = {
  title: 'Probelauf: Nichts wurde gelesen, nichts angerechnet.',
  head: ['Datenstelle', 'Antwort', 'ab Personen', 'Gliederung', 'Zellen', 'übrig', 'zurückgehalten'],
  verdict: { yes: 'ja', no: 'nein', refused: 'abgelehnt', offline: 'nicht erreicht' },
  exact: 'genau',
  unlimited: 'ohne Grenze',
  queries: 'Anfragen',
  cells: 'Zellen',
  why: 'Was dagegen spricht',
  notes: [
    'Zellen: so viele kann die Tabelle höchstens haben.',
    'zurückgehalten: Anteil in Zahlen, die früher schon einmal freigegeben wurden; – wenn es noch keine gibt.',
  ],
};

const en: Words = {
  title: 'Dry run: nothing was read, and nothing charged.',
  head: ['holder', 'would answer', 'from persons', 'grain', 'cells', 'left', 'withheld'],
  verdict: { yes: 'yes', no: 'no', refused: 'refused', offline: 'not reached' },
  exact: 'exact',
  unlimited: 'no limit',
  queries: 'queries',
  cells: 'cells',
  why: 'What stands in the way',
  notes: [
    'cells: the table can have so many at most.',
    'withheld: the share in figures that were released before; – where there are none yet.',
  ],
};

export const dryRunWords: Readonly<Record<Lang, Words>> = { de, en };

export function renderDryRun(result: DryRunResult, { lang, width, colour }: RenderOptions): string {
  const words = dryRunWords[lang];
  const rows = result.holders.map((part) => rowOf(part, words));
  const columns = words.head.map((head, at) =>
    columnOf(
      head,
      rows.map((row) => row[at] ?? ''),
    ),
  );
  const faults = result.holders.flatMap(faultsOf);
  return [
    words.title,
    '',
    ...typeset(columns, () => false, colour),
    ...(faults.length === 0 ? [] : ['', words.why, ...faults.flatMap((fault) => indented(fault, width))]),
    '',
    ...words.notes.flatMap((note) => wrap(note, width)),
    '',
    `${result.queryId}`,
  ].join('\n');
}

function columnOf(head: string, texts: readonly string[]): Column {
  const entries = texts.map((text) => ({ text, style: 'none' as const }));
  return { head: [head], align: 'left', width: widest([head, ...texts]), entries };
}

function rowOf({ name, dataset, status, assessment }: HolderAssessment, words: Words): string[] {
  const who = plain(`${name} (${dataset.split(':').at(-1) ?? dataset})`);
  if (assessment === undefined) return [who, status === 'assessed' ? '' : words.verdict[status]];
  const { wouldAnswer, minCellSize, mode, grain, cells, left, withheldPercent } = assessment;
  return [
    who,
    wouldAnswer ? words.verdict.yes : words.verdict.no,
    minCellSize === null ? (wouldAnswer && mode === 'O' ? words.exact : '–') : String(minCellSize),
    grain.map(({ variable, level }) => `${variable}: ${level}`).join(', ') || '–',
    String(cells),
    leftText(left, words),
    withheldPercent === null ? '–' : `${withheldPercent} %`,
  ];
}

function leftText({ queries, cells }: { queries: number | null; cells: number | null }, words: Words): string {
  const parts = [
    queries === null ? null : `${queries} ${words.queries}`,
    cells === null ? null : `${cells} ${words.cells}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? words.unlimited : parts.join(', ');
}

const faultsOf = ({ name, assessment, reasons }: HolderAssessment): string[] =>
  (assessment?.reasons ?? reasons).map(({ code, pointer, hint }) =>
    plain(`${name}: ${code}${pointer === '' ? '' : ` ${pointer}`}. ${hint}`),
  );

const indented = (text: string, width: number): string[] =>
  wrap(text, Math.max(20, width - 2)).map((line) => `  ${line}`);
