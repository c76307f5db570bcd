/** Conditions in atoms: two spellings of one condition become one, whatever levels and ranges they were written in. */
import { AppError, type AtomFilter, type DataModel, type DatasetDescription, type FilterTerm } from '@revier/schema';
import type { CodeIndex } from './code-index.ts';
import { storedVariable } from './grouping.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Expands the terms of a conjunction to the finest codes; terms on one variable are intersected.
 * @throws AppError VARIABLE_UNKNOWN, CODE_UNKNOWN, INVALID_REQUEST (nothing left), each at its pointer
 */
export function atomFilters(
  vocabulary: Vocabulary,
  model: DataModel,
  dataset: DatasetDescription,
  terms: readonly FilterTerm[],
  pointer: string,
): AtomFilter[] {
  const byVariable = new Map<string, { index: CodeIndex; atoms: ReadonlySet<string> }>();
  terms.forEach((term, place) => {
    const { variable, index } = storedVariable(
      vocabulary,
      model,
      dataset,
      term.variable,
      `${pointer}/${place}/variable`,
    );
    const atoms = atomsOfTerm(index, term, `${pointer}/${place}`);
    byVariable.set(variable.name, { index, atoms: intersect(byVariable.get(variable.name)?.atoms, atoms) });
  });
  const filters = [...byVariable]
    .filter(([, { index, atoms }]) => !isEverything(index, atoms))
    .map(([variable, { atoms }]) => ({ variable, atoms: [...atoms].sort() }));
  const empty = filters.find(({ atoms }) => atoms.length === 0);
  if (empty !== undefined)
    throw AppError.at('INVALID_REQUEST', pointer, `The conditions on "${empty.variable}" exclude each other.`);
  return filters.sort((a, b) => (a.variable < b.variable ? -1 : 1));
}

/** A condition that admits every code is no condition: written out or left out, the question is the same. */
const isEverything = (index: CodeIndex, atoms: ReadonlySet<string>): boolean =>
  index.codesAt(index.list.levels[0] ?? '').every(({ code }) => atoms.has(code));

function atomsOfTerm(index: CodeIndex, term: FilterTerm, pointer: string): ReadonlySet<string> {
  if ('in' in term)
    return new Set(
      term.in.flatMap((code, place) => {
        if (!index.has(code))
          throw AppError.at('CODE_UNKNOWN', `${pointer}/in/${place}`, `${index.list.id} has no code "${code}".`);
        return index.atomsOf(code);
      }),
    );
  if (index.list.id !== 'year/1')
    throw AppError.at('INVALID_REQUEST', `${pointer}/from`, 'Only calendar years take a range.');
  if (term.from > term.to) throw AppError.at('INVALID_REQUEST', `${pointer}/to`, 'The range ends before it begins.');
  return new Set(Array.from({ length: term.to - term.from + 1 }, (_, offset) => String(term.from + offset)));
}

const intersect = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): ReadonlySet<string> =>
  a === undefined ? b : new Set([...a].filter((atom) => b.has(atom)));

/**
 * The stored codes that a condition admits. A stored code that lies partly inside cannot be told apart at this grain.
 * @throws AppError GRAIN_UNAVAILABLE
 */
export function storedCodes(index: CodeIndex, grain: string, filter: AtomFilter): string[] {
  const wanted = new Set(filter.atoms);
  return index
    .codesAt(grain)
    .filter(({ code }) => {
      const atoms = index.atomsOf(code);
      const inside = atoms.filter((atom) => wanted.has(atom)).length;
      if (inside > 0 && inside < atoms.length)
        throw new AppError('GRAIN_UNAVAILABLE', {
          detail: `"${filter.variable}" is held at "${grain}", which is too coarse for this condition.`,
        });
      return inside > 0;
    })
    .map(({ code }) => code);
}
