/** The table as people read it: one line a measurement, figures under each other. */
import { type Row, ratioOf } from './row.ts';

const heads = ['', 'what', 'measured', 'floor', 'ratio', 'reach', 'aim', ''] as const;

export function renderTable(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line) => line.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

const isText = (column: number): boolean => column < 2 || column === heads.length - 1;

function cellsOf(row: Row): string[] {
  const ratio = ratioOf(row);
  return [
    row.part,
    row.what,
    figure(row, row.value),
    row.floor === undefined ? '' : figure(row, row.floor.value),
    ratio === undefined ? '' : `× ${ratio.toFixed(2)}`,
    row.reach === undefined ? '' : `${row.value <= row.reach ? '≤' : '>'} ${figure(row, row.reach)}`,
    row.aim === undefined ? '' : `${row.value <= row.aim ? '≤' : '>'} ${figure(row, row.aim)}`,
    [row.floor === undefined ? '' : `floor: ${row.floor.what}`, row.note ?? '']
      .filter((text) => text !== '')
      .join('; '),
  ];
}

const figure = ({ unit }: Row, value: number): string =>
  `${unit === 'rows' ? value.toLocaleString('en') : value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
