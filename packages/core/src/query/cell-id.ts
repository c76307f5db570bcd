/** The identity of one cell: which records it is about, whatever table it stands in; what budgets and opened sets are kept by. */
import { type AtomFilter, type Sha256, TOTAL } from '@revier/schema';
import { contentHash } from './canonical.ts';
import { type Grouping, groupingsOf } from './grouping.ts';
import type { PlanTask } from './plan.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Over the cell's atoms and the data epoch: the women's cell of a table by sex and the only cell of a table of women are
 * the same cell. Disclosure control, modes F and D, opens a cell once under this name.
 * @param measure place of the measure in the table
 * @param numbers code number of each dimension of the table, or TOTAL
 */
export function cellIdOf(task: PlanTask, vocabulary: Vocabulary, measure: number, numbers: readonly number[]): Sha256 {
  const { where, ...statistic } = task.table.measures[measure] ?? { where: [], kind: 'none' };
  const conditions = new Map(where.map(({ variable, atoms }) => [variable, atoms]));
  groupingsOf(task, vocabulary).forEach((grouping, at) => {
    const number = numbers[at] ?? TOTAL;
    const atoms = atomsOf(grouping, number);
    const held = conditions.get(grouping.variable.name);
    if (held !== undefined || !isEverything(grouping, atoms))
      conditions.set(grouping.variable.name, held === undefined ? atoms : held.filter((atom) => atoms.includes(atom)));
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
}

const finest = ({ index }: Grouping): string[] => index.codesAt(index.list.levels[0] ?? '').map(({ code }) => code);

/** The finest codes of one group, or of all groups. Codes outside every group belong to no cell. */
const atomsOf = (grouping: Grouping, number: number): string[] =>
  finest(grouping).filter((atom) => {
    const own = grouping.numberOf(atom);
    return own !== undefined && (number === TOTAL || own === number);
  });

const isEverything = (grouping: Grouping, atoms: readonly string[]): boolean =>
  atoms.length === finest(grouping).length;
