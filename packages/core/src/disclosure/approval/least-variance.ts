/** How well one figure can be worked out from all others: least variance of an unbiased estimator, over any partitions. */
import type { Blocks, FigureSystem } from './partitions.ts';
import type { Mask, Orbits, Symmetry } from './symmetry.ts';

/** A product of sets of classes, one for each variable. */
export type Product = readonly Mask[];

/** A set of atoms: what is in the first product and not in the second, which lies within it. */
export interface Target {
  readonly all: Product;
  readonly without: Product | null;
}

const setsOf = ({ all, without }: Target, variable: number): Mask[] =>
  [all[variable], without?.[variable]].flatMap((mask) => mask ?? []);

/** Equal for targets whose variance is the same. */
export const kindOf = (target: Target, symmetries: readonly Symmetry[]): string =>
  symmetries.map((symmetry, v) => symmetry.kindOf(setsOf(target, v))).join(' x ');

export interface Prepared {
  readonly orbits: readonly Orbits[];
  /** Unknowns of the equations. */
  readonly size: number;
}

export function prepare(target: Target, symmetries: readonly Symmetry[]): Prepared {
  const orbits = symmetries.map((symmetry, v) => symmetry.orbits(setsOf(target, v)));
  return { orbits, size: orbits.reduce((product, { sizes }) => product * sizes.length, 1) };
}

const STEPS = 5000;

/**
 * t'(A'A)^+ t in units of the variance of one cell, or `limit` where it is no less: so for a target that does not follow from the cells at all.
 * A has a row for each cell of each view, and for each draw of its noise. The solution is alike for atoms that exchanges of classes with the same target carry into each other, so
 * the unknowns are orbits; A'A is a sum over views of Kronecker products of small matrices over them. Conjugate gradients
 * (M. R. Hestenes & E. Stiefel, 1952): their value grows towards the exact one, so that ending early errs towards less variance.
 */
export function leastVarianceOf(
  target: Target,
  { orbits, size }: Prepared,
  views: FigureSystem['views'],
  limit: number,
): number {
  const seen = views.map(({ blocks, draws }) => ({
    draws,
    factors: orbits.map((own, v) => factorOf(blocks[v] ?? new Int32Array(), own)),
  }));
  const residual = vectorOf(target, orbits, size);
  const direction = residual.slice();
  let norm = dot(residual, residual);
  const start = norm;
  let value = 0;
  for (let step = 0; step < STEPS && norm > 1e-18 * start; step++) {
    const image = applied(seen, direction);
    const curvature = dot(direction, image);
    // What is left lies where no cell reaches: the target does not follow, unless only rounding is left.
    if (curvature <= 1e-9 * dot(direction, direction)) return norm > 1e-10 * start ? limit : value;
    const length = norm / curvature;
    value += length * norm;
    if (value >= limit) return limit;
    for (let i = 0; i < size; i++) residual[i] = (residual[i] ?? 0) - length * (image[i] ?? 0);
    const next = dot(residual, residual);
    for (let i = 0; i < size; i++) direction[i] = (residual[i] ?? 0) + (next / norm) * (direction[i] ?? 0);
    norm = next;
  }
  return value;
}

interface Factor {
  readonly size: number;
  readonly entries: Float64Array;
}

/**
 * For orbits o and p: how many classes of p lie in the block of a class of o, times the root of their sizes' quotient, which makes it
 * symmetric (coordinates are those of normed orbits).
 */
function factorOf(blocks: Blocks, { of, sizes, first }: Orbits): Factor {
  const size = sizes.length;
  const entries = new Float64Array(size * size);
  first.forEach((representative, o) => {
    const block = blocks[representative] ?? -1;
    if (block < 0) return;
    of.forEach((p, code) => {
      if (blocks[code] === block) entries[o * size + p] = (entries[o * size + p] ?? 0) + 1;
    });
    for (let p = 0; p < size; p++) {
      const scale = Math.sqrt((sizes[o] ?? 1) / (sizes[p] ?? 1));
      entries[o * size + p] = (entries[o * size + p] ?? 0) * scale;
    }
  });
  return { size, entries };
}

function vectorOf({ all, without }: Target, orbits: readonly Orbits[], size: number): Float64Array<ArrayBuffer> {
  const whole = productOf(all, orbits);
  const less = without === null ? new Float64Array(size) : productOf(without, orbits);
  return whole.map((value, i) => value - (less[i] ?? 0));
}

function productOf(product: Product, orbits: readonly Orbits[]): Float64Array<ArrayBuffer> {
  return orbits.reduce<Float64Array<ArrayBuffer>>((vector, { sizes, first }, v) => {
    const own = sizes.map((size, o) => (product[v]?.[first[o] ?? 0] === 1 ? Math.sqrt(size) : 0));
    const next = new Float64Array(vector.length * own.length);
    vector.forEach((value, i) => {
      own.forEach((other, o) => {
        next[i * own.length + o] = value * other;
      });
    });
    return next;
  }, Float64Array.of(1));
}

interface SeenView {
  readonly draws: number;
  readonly factors: readonly Factor[];
}

function applied(views: readonly SeenView[], x: Float64Array<ArrayBuffer>): Float64Array {
  const image = new Float64Array(x.length);
  for (const { draws, factors } of views) {
    let own = x;
    let inner = x.length;
    for (const factor of factors) {
      inner /= factor.size;
      own = along(factor, own, inner);
    }
    for (let i = 0; i < image.length; i++) image[i] = (image[i] ?? 0) + draws * (own[i] ?? 0);
  }
  return image;
}

/** Applies the factor to one variable of a vector over all of them; the variables after it are `inner` long. */
function along({ size, entries }: Factor, x: Float64Array<ArrayBuffer>, inner: number): Float64Array<ArrayBuffer> {
  const image = new Float64Array(x.length);
  const step = size * inner;
  for (let at = 0; at < x.length; at += step)
    for (let o = 0; o < size; o++)
      for (let p = 0; p < size; p++) {
        const entry = entries[o * size + p] ?? 0;
        if (entry === 0) continue;
        for (let i = 0; i < inner; i++) {
          const place = at + o * inner + i;
          image[place] = (image[place] ?? 0) + entry * (x[at + p * inner + i] ?? 0);
        }
      }
  return image;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] ?? 0) * (right[i] ?? 0);
  return sum;
}
