/** The typesetter: wraps, pads and rules plain text, and colours it only after it has its width. */
import { styleText } from 'node:util';
import { widthOf } from './plain-text.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'none';

export interface Entry {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly head: readonly string[];
  readonly align: 'left' | 'right';
  readonly width: number;
  readonly entries: readonly Entry[];
}

/** Spaces between two columns. */
export const GAP = 2;

export const paint = (text: string, style: Style | undefined, colour: boolean): string =>
  !colour || style === undefined || style === 'none' ? text : styleText(style, text, { validateStream: false });

export const padded = (text: string, width: number, align: 'left' | 'right'): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
};

/** Lines of at most `width` characters, broken at spaces and hyphens; a word that is longer by itself is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(BREAKS).flatMap((word) => pieces(word, width))) {
    if (line !== '' && widthOf(`${line}${piece}`.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = piece;
    } else line += piece;
  }
  return [...lines, line.trimEnd()];
}

/** After a space, and after a hyphen within a word. */
const BREAKS = /(?<= )|(?<=\p{L}-)(?=[\p{L}\d])/u;

function pieces(word: string, width: number): string[] {
  if (widthOf(word.trimEnd()) <= width) return [word];
  const letters = [...word];
  const count = Math.ceil(letters.length / width);
  return Array.from({ length: count }, (_, at) => letters.slice(at * width, (at + 1) * width).join(''));
}

/** A paragraph whose further lines stand under the first word after `lead`. */
export function hanging(lead: string, text: string, width: number): string[] {
  const indent = widthOf(lead);
  return wrap(text, Math.max(20, width - indent)).map((line, at) => (at === 0 ? lead : ' '.repeat(indent)) + line);
}

export const tableWidth = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + GAP * Math.max(0, columns.length - 1);

/** The ruled table; `ruled` tells before which rows a thin line stands. */
export function typeset(columns: readonly Column[], ruled: (row: number) => boolean, colour: boolean): string[] {
  const rule = '─'.repeat(tableWidth(columns));
  const rows = Math.max(0, ...columns.map(({ entries }) => entries.length));
  const body = Array.from({ length: rows }, (_, row) => [
    ...(ruled(row) ? [paint(rule, 'dim', colour)] : []),
    ...rowLines(columns, row, colour),
  ]);
  return [...headLines(columns, colour), paint(rule, 'dim', colour), ...body.flat()];
}

/** Heads stand on the rule: the shorter ones begin lower. */
function headLines(columns: readonly Column[], colour: boolean): string[] {
  const height = Math.max(...columns.map(({ head }) => head.length));
  return Array.from({ length: height }, (_, line) =>
    lineOf(
      columns.map(({ head, align, width }) => ({
        text: padded(head[line - height + head.length] ?? '', width, align),
        style: 'bold',
      })),
      colour,
    ),
  );
}

function rowLines(columns: readonly Column[], row: number, colour: boolean): string[] {
  const cells = columns.map(({ entries, width }) => linesOf(entries[row]?.text ?? '', width));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    lineOf(
      columns.map(({ entries, align, width }, at) => ({
        text: padded(cells[at]?.[line] ?? '', width, align),
        style: entries[row]?.style ?? 'none',
      })),
      colour,
    ),
  );
}

/** A text that fits keeps its spaces: figures are aligned by them. */
const linesOf = (text: string, width: number): string[] => (widthOf(text) <= width ? [text] : wrap(text, width));

/** Nothing stands behind the last word, not even coloured space. */
function lineOf(entries: readonly Entry[], colour: boolean): string {
  const last = entries.findLastIndex(({ text }) => text.trim() !== '');
  return entries
    .slice(0, last + 1)
    .map(({ text, style }, at) => paint(at === last ? text.trimEnd() : text, style, colour))
    .join(' '.repeat(GAP));
}
