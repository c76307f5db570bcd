/** The identity of one cell: which records it is about, whatever table it stands in; what budgets and opened sets are kept by. */
import { type AtomFilter, type Sha256, TOTAL } from '@revier/schema';
import { contentHash } from './canonical.ts';
import { type Grouping, groupingsOf } from './grouping.ts';
import type { PlanTask } from './plan.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Names cells of one table: by the place of a measure, and the code number of each dimension, or TOTAL. */
export type CellNamer = (measure: number, numbers: readonly number[]) => Sha256;

/**
 * Over the cell's atoms and the data epoch: the women's cell of a table by sex and the only cell of a table of women are
 * the same cell. Disclosure control, modes F and D, opens a cell once under this name.
 */
export function cellNamer(task: PlanTask, vocabulary: Vocabulary): CellNamer {
  const groupings = groupingsOf(task, vocabulary).map(remembering);
  return (measure, numbers) => {
    const { where, ...statistic } = task.table.measures[measure] ?? { where: [], kind: 'none' };
    const conditions = new Map(where.map(({ variable, atoms }) => [variable, atoms]));
    groupings.forEach(({ variable, atomsOf, whole }, at) => {
      const atoms = atomsOf(numbers[at] ?? TOTAL);
      const held = conditions.get(variable);
      if (held !== undefined || atoms.length !== whole)
        conditions.set(variable, held === undefined ? atoms : held.filter((atom) => atoms.includes(atom)));
    });
    return contentHash({
      dataset: task.dataset.id,
      epoch: task.dataset.epoch,
      coverage: task.table.coverage,
      statistic,
      atoms: [...conditions]
        .map(([variable, atoms]): AtomFilter => ({ variable, atoms: [...atoms].sort() }))
        .sort((a, b) => (a.variable < b.variable ? -1 : 1)),
    });
  };
}

/** One cell. */
export const cellIdOf = (task: PlanTask, vocabulary: Vocabulary, measure: number, numbers: readonly number[]): Sha256 =>
  cellNamer(task, vocabulary)(measure, numbers);

/** A table of many cells has few codes. */
function remembering(grouping: Grouping) {
  const known = new Map<number, string[]>();
  return {
    variable: grouping.variable.name,
    whole: finest(grouping).length,
    atomsOf(number: number): string[] {
      const atoms = known.get(number) ?? atomsOf(grouping, number);
      known.set(number, atoms);
      return atoms;
    },
  };
}

const finest = ({ index }: Grouping): string[] => index.codesAt(index.list.levels[0] ?? '').map(({ code }) => code);

/** The finest codes of one group, or of all groups. Codes outside every group belong to no cell. */
const atomsOf = (grouping: Grouping, number: number): string[] =>
  finest(grouping).filter((atom) => {
    const own = grouping.numberOf(atom);
    return own !== undefined && (number === TOTAL || own === number);
  });
