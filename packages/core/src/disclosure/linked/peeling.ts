/** What follows from shown cells by one sum after the other: quick, and blind to what follows from several sums at once. */
import type { Equation } from '../interval-audit.ts';
import type { LinkedCells } from './linked-suppression.ts';

/** Whether no target follows from known cells and these, each sum with one unknown part telling that part. */
export function peeling({
  cells,
  equations,
  targets,
  known,
}: Pick<LinkedCells, 'cells' | 'equations' | 'targets' | 'known'>): (shown: readonly number[]) => boolean {
  const isTarget = new Uint8Array(cells);
  for (const cell of targets) isTarget[cell] = 1;
  const members = equations.map(({ total, parts }) => Int32Array.of(total, ...parts));
  const around = equationsAround(cells, equations);
  return (shown) => {
    const isKnown = new Uint8Array(cells);
    const unknown = Int32Array.from(members, ({ length }) => length);
    const waiting = [...known, ...shown];
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
      if (isKnown[cell] === 1) continue;
      if (isTarget[cell] === 1) return false;
      isKnown[cell] = 1;
      for (const e of around[cell] ?? []) {
        unknown[e] = (unknown[e] ?? 0) - 1;
        if (unknown[e] !== 1) continue;
        const last = members[e]?.find((member) => isKnown[member] !== 1);
        if (last !== undefined) waiting.push(last);
      }
    }
    return true;
  };
}

function equationsAround(cells: number, equations: readonly Equation[]): readonly (readonly number[])[] {
  const around = Array.from({ length: cells }, (): number[] => []);
  equations.forEach(({ total, parts }, e) => {
    for (const cell of [total, ...parts]) around[cell]?.push(e);
  });
  return around;
}
