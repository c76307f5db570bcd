/** The table as people read it: one attack a line, figure against criterion. */
import type { Result } from './run.ts';

const heads = ['', 'attack', 'figure', 'criterion', 'result', ''] as const;

export function renderResults(results: readonly Result[]): string {
  const lines: (readonly string[])[] = [heads, ...results.map(cellsOf)];
  const widths = heads.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const cellsOf = ({ id, title, needs, figure, criterion, passed, seconds }: Result): readonly string[] => [
  ...[id, title, figure, criterion, passed ? 'withstood' : 'FAILED'],
  `${seconds.toFixed(1)} s${needs === 'process' ? ', in process' : ''}`,
];
