/** What a whole lattice of noisy tables gives away: the least variance with which any of its cells can be estimated from all others. */
import { coarsening, type Hierarchy, type Shape, sizeOf, type TableLattice } from '../linked/table-lattice.ts';

/**
 * Least variance of an unbiased linear estimator of any cell of the target shape, when every cell of every asked table carries independent
 * noise of this variance: V t'(A'A)^+ t (Gauss and Markov; disclosure.md 1.9 and 2.5). Null where the tables do not determine any such cell.
 * Bounded from below: with lines of equal length by a closed form over the margins, else by conjugate gradients, one for each kind of cell.
 */
export function leastVariance(lattice: TableLattice, target: Shape, variance: number): number | null {
  const asked = lattice.shapes.filter((_, s) => lattice.isAsked[s] === true);
  const sizes = lattice.hierarchies.map((hierarchy, d) => groupSizes(hierarchy, lattice.finest[d] ?? 0));
  const even = sizes.map((levels) => levels.map((groups) => (new Set(groups).size === 1 ? (groups[0] ?? 1) : null)));
  const units = even.every((levels) => !levels.includes(null))
    ? closedForm(
        asked,
        target,
        even.map((levels) => levels.map((size) => size ?? 1)),
      )
    : leastByGradients(lattice, asked, target);
  return units === null ? null : variance * units;
}

/** How many codes of the finest level each code of each level holds. */
function groupSizes(hierarchy: Hierarchy, finest: number): readonly (readonly number[])[] {
  return Array.from({ length: finest + 1 }, (_, level) => {
    const counts = Array.from({ length: hierarchy[level]?.size ?? 1 }, () => 0);
    for (const code of coarsening([hierarchy], [finest], [level])) counts[code] = (counts[code] ?? 0) + 1;
    return counts;
  });
}

/**
 * Sums over levels are multiples of commuting projections when groups are equal: A'A has the eigenvalue sum over tables S >= e of the
 * product of their group sizes on the effect e (one increment of level a dimension), and the part of a cell's indicator in it is a product too
 * (the Kronecker structure of hierarchical lattices). Own derivation, checked against dense pseudo-inverses.
 */
function closedForm(asked: readonly Shape[], target: Shape, sizes: readonly (readonly number[])[]): number | null {
  let variance = 0;
  for (const effect of effectsUpTo(target)) {
    const part = effect.reduce((product, level, d) => {
      const [own, at, above] = [sizes[d]?.[target[d] ?? 0] ?? 1, sizes[d]?.[level] ?? 1, sizes[d]?.[level - 1]];
      return product * own ** 2 * (1 / at - (above === undefined ? 0 : 1 / above));
    }, 1);
    if (part < 1e-12) continue;
    const eigenvalue = asked
      .filter((shape) => effect.every((level, d) => level <= (shape[d] ?? 0)))
      .reduce((sum, shape) => sum + shape.reduce((product, level, d) => product * (sizes[d]?.[level] ?? 1), 1), 0);
    if (eigenvalue === 0) return null;
    variance += part / eigenvalue;
  }
  return variance;
}

const effectsUpTo = (target: Shape): readonly Shape[] =>
  target.reduce<number[][]>(
    (effects, top) => effects.flatMap((effect) => Array.from({ length: top + 1 }, (_, level) => [...effect, level])),
    [[]],
  );

/** One solution for each kind of cell; cells that an automorphism of the hierarchies maps onto each other are of one kind. */
function leastByGradients(lattice: TableLattice, asked: readonly Shape[], target: Shape): number | null {
  const { hierarchies, finest } = lattice;
  const maps = asked.map((shape) => ({
    map: coarsening(hierarchies, finest, shape),
    size: sizeOf(hierarchies, shape),
  }));
  const own = coarsening(hierarchies, finest, target);
  let least: number | null = null;
  for (const codes of kindsOf(hierarchies, target)) {
    if (!asked.some((shape) => isDetermined(hierarchies, target, codes, shape))) continue;
    const cell = codes.reduce((at, code, d) => at * (hierarchies[d]?.[target[d] ?? 0]?.size ?? 1) + code, 0);
    const units = byGradients(
      maps,
      Float64Array.from(own, (other) => (other === cell ? 1 : 0)),
    );
    least = Math.min(least ?? Number.POSITIVE_INFINITY, units);
  }
  return least;
}

/** Whether the cell is a sum of cells of the table, up to levels at which its code has no sibling. */
function isDetermined(
  hierarchies: readonly Hierarchy[],
  target: Shape,
  codes: readonly number[],
  table: Shape,
): boolean {
  return target.every((level, d) => {
    let [at, code] = [level, codes[d] ?? 0];
    while (at > (table[d] ?? 0)) {
      const parents = Array.from(hierarchies[d]?.[at]?.parents ?? []);
      const parent = parents[code];
      if (parent === undefined || parents.filter((other) => other === parent).length > 1) return false;
      [at, code] = [at - 1, parent];
    }
    return true;
  });
}

/** A code of each dimension for each kind of cell. */
function kindsOf(hierarchies: readonly Hierarchy[], target: Shape): readonly (readonly number[])[] {
  const representatives = target.map((level, d) => {
    const paths = pathsOf(hierarchies[d] ?? [], level);
    return [...new Map(paths.map((path, code) => [path, code])).values()];
  });
  return representatives.reduce<number[][]>(
    (kinds, codes) => kinds.flatMap((kind) => codes.map((code) => [...kind, code])),
    [[]],
  );
}

/** The form of the tree below each code, and of those below all that it belongs to. */
function pathsOf(hierarchy: Hierarchy, level: number): readonly string[] {
  const forms: string[][] = [];
  for (let at = hierarchy.length - 1; at >= 0; at--) {
    const below = hierarchy[at + 1];
    const children = Array.from({ length: hierarchy[at]?.size ?? 1 }, (): string[] => []);
    Array.from(below?.parents ?? []).forEach((parent, code) => {
      children[parent]?.push(forms[at + 1]?.[code] ?? '');
    });
    forms[at] = children.map((own) => `(${own.sort().join('')})`);
  }
  let paths = forms[0] ?? [];
  for (let at = 1; at <= level; at++)
    paths = Array.from(hierarchy[at]?.parents ?? [], (parent, code) => `${paths[parent]}/${forms[at]?.[code]}`);
  return paths;
}

const STEPS = 2000;

/**
 * t'(A'A)^+ t by conjugate gradients (M. R. Hestenes & E. Stiefel, 1952) with A'A applied table by table. The value grows with every step
 * towards the exact one, so that ending early errs towards less variance: a lattice is rather refused.
 */
function byGradients(tables: readonly { map: Uint32Array; size: number }[], target: Float64Array): number {
  const residual = target.slice();
  const direction = target.slice();
  let [size, value] = [dot(residual, residual), 0];
  const start = size;
  for (let step = 0; step < STEPS && size > 1e-18 * start; step++) {
    const image = applied(tables, direction);
    const length = size / dot(direction, image);
    value += length * size;
    for (let i = 0; i < residual.length; i++) residual[i] = (residual[i] ?? 0) - length * (image[i] ?? 0);
    const next = dot(residual, residual);
    for (let i = 0; i < direction.length; i++) direction[i] = (residual[i] ?? 0) + (next / size) * (direction[i] ?? 0);
    size = next;
  }
  return value;
}

function applied(tables: readonly { map: Uint32Array; size: number }[], x: Float64Array): Float64Array {
  const image = new Float64Array(x.length);
  for (const { map, size } of tables) {
    const sums = new Float64Array(size);
    for (let i = 0; i < x.length; i++) sums[map[i] ?? 0] = (sums[map[i] ?? 0] ?? 0) + (x[i] ?? 0);
    for (let i = 0; i < x.length; i++) image[i] = (image[i] ?? 0) + (sums[map[i] ?? 0] ?? 0);
  }
  return image;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] ?? 0) * (right[i] ?? 0);
  return sum;
}
