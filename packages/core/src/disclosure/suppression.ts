/** Which counts of one table can be shown together, so that no figure about fewer than k persons follows from them. */
import type { CountSystem } from './count-system.ts';
import { exposedByPrograms } from './exact-audit.ts';
import { gaussSuppression } from './gauss-suppression.ts';
import type { Row } from './integer-rows.ts';
import { type Equation, intervalsOf } from './interval-audit.ts';

export interface SuppressionInput {
  readonly system: CountSystem;
  /** Nodes that the table asks to show. */
  readonly asked: readonly number[];
  /** Distinct persons by node, where the source knows them; else an upper bound. */
  readonly persons: Float64Array;
  readonly minCellSize: number;
  /** Nodes of different parts share no atom and no sum. */
  readonly partOf: (node: number) => number;
}

/**
 * 1 for each node that may be shown. Targets are all nodes about fewer than k persons, zeros included: cells, single atoms, and what
 * nested counts differ by, whether the table asks for them or not. First elimination keeps targets from being combinations of shown
 * figures; then the exact interval that shown figures and x >= 0 leave for each target must be k wide, and must reach k/2 above
 * what it hides. Where one is narrower, the smallest shown figure near it is hidden as well and all is chosen anew. The order of choice is
 * size, then number of parts, then place; names that people give to measures or variables do not enter.
 *
 * For one table; several are decided together by `joint/`. Not done yet: contributors who know their own record, and persons
 * with several records (sums over atoms are taken for the figures, though distinct persons do not add).
 */
export function shownTogether(input: SuppressionInput): Uint8Array {
  const { system, persons, minCellSize } = input;
  const targets = nodesWhere(system.nodes, (node) => (persons[node] ?? 0) < minCellSize);
  const hidden = new Set(targets);
  const rows = rowCache(system);
  const near = neighbourhood(system);
  for (;;) {
    const shown = eliminated(input, hidden, rows);
    const exposed = exposedTargets(input, shown, targets, rows);
    if (exposed.length === 0) return shown;
    const before = hidden.size;
    for (const node of exposed) hideNear(node, shown, hidden, near, precedence(persons, rows));
    // Nothing left to hide and still too narrow: not possible by the rules of sums, so rather show nothing.
    if (hidden.size === before) return new Uint8Array(system.nodes);
  }
}

const nodesWhere = (nodes: number, holds: (node: number) => boolean): number[] =>
  Array.from({ length: nodes }, (_, node) => node).filter(holds);

type RowOf = (node: number) => Row;

function rowCache(system: CountSystem): RowOf {
  const cache = new Map<number, Row>();
  return (node) => {
    const row = cache.get(node) ?? system.rowOf(node);
    cache.set(node, row);
    return row;
  };
}

/** Positive when `a` is to be hidden before `b`: the figure about fewer persons, then the one of fewer parts, then the later. */
export type Precedence = (a: number, b: number) => number;

const precedence =
  (persons: Float64Array, rowOf: RowOf): Precedence =>
  (a, b) =>
    (persons[b] ?? 0) - (persons[a] ?? 0) || rowOf(b).size - rowOf(a).size || a - b;

function eliminated(input: SuppressionInput, hidden: ReadonlySet<number>, rowOf: RowOf): Uint8Array {
  const shown = new Uint8Array(input.system.nodes);
  const order = precedence(input.persons, rowOf);
  const candidates = Map.groupBy(new Set(input.asked.filter((node) => !hidden.has(node))), input.partOf);
  const targets = Map.groupBy(hidden, input.partOf);
  for (const [part, nodes] of candidates) {
    const inOrder = nodes.toSorted(order);
    const may = gaussSuppression(inOrder.map(rowOf), (targets.get(part) ?? []).map(rowOf));
    inOrder.forEach((node, i) => {
      if (may[i] === true) shown[node] = 1;
    });
  }
  return shown;
}

/** Targets whose interval is too narrow, in records or in persons: by quick bounds first, by linear programmes where these find none. */
function exposedTargets(
  input: SuppressionInput,
  shown: Uint8Array,
  targets: readonly number[],
  rowOf: RowOf,
): number[] {
  const { records, persons } = input.system;
  const scales = persons.every((value, node) => value === records[node]) ? [persons] : [persons, records];
  const quick = scales.flatMap((values) => exposedByBounds(input, values, shown, targets));
  const exposed =
    quick.length > 0 ? quick : scales.flatMap((values) => exposedExactly(input, values, shown, targets, rowOf));
  return [...new Set(exposed)];
}

export const wideEnough =
  (k: number) =>
  (value: number, lower: number, upper: number): boolean =>
    upper - lower >= k && (value === 0 || upper - value >= k / 2);

function exposedByBounds(
  { system, minCellSize }: SuppressionInput,
  values: Float64Array,
  shown: Uint8Array,
  targets: readonly number[],
) {
  const { lower, upper } = intervalsOf(values, shown, system.equations);
  const isWide = wideEnough(minCellSize);
  return targets.filter((node) => !isWide(values[node] ?? 0, lower[node] ?? 0, upper[node] ?? 0));
}

function exposedExactly(
  { asked, partOf, minCellSize }: SuppressionInput,
  values: Float64Array,
  shown: Uint8Array,
  targets: readonly number[],
  rowOf: RowOf,
) {
  const figure = (node: number) => ({ row: rowOf(node), value: values[node] ?? 0 });
  const shownByPart = Map.groupBy(new Set(asked.filter((node) => shown[node] === 1)), partOf);
  return [...Map.groupBy(targets, partOf)].flatMap(([part, nodes]) => {
    const known = shownByPart.get(part);
    if (known === undefined) return [];
    return exposedByPrograms(known.map(figure), nodes.map(figure), wideEnough(minCellSize)).flatMap(
      (i) => nodes[i] ?? [],
    );
  });
}

export type Neighbourhood = (node: number) => readonly Equation[];

export function neighbourhood({ equations }: Pick<CountSystem, 'equations'>): Neighbourhood {
  const byNode = new Map<number, Equation[]>();
  for (const equation of equations) {
    for (const node of [equation.total, ...equation.parts]) {
      const known = byNode.get(node);
      if (known === undefined) byNode.set(node, [equation]);
      else known.push(equation);
    }
  }
  return (node) => byNode.get(node) ?? [];
}

/** Hides the shown figure that comes first among those tied to the node by the fewest sums, unless one of them was hidden just now. */
export function hideNear(
  node: number,
  shown: Uint8Array,
  hidden: Set<number>,
  near: Neighbourhood,
  order: Precedence,
): void {
  const seen = new Set([node]);
  let ring = [node];
  while (ring.length > 0) {
    ring = [...new Set(ring.flatMap((inner) => near(inner).flatMap(({ total, parts }) => [total, ...parts])))];
    ring = ring.filter((outer) => !seen.has(outer));
    for (const outer of ring) seen.add(outer);
    const first = ring
      .filter((outer) => shown[outer] === 1)
      .toSorted(order)
      .at(-1);
    if (first !== undefined) {
      if (!ring.some((outer) => shown[outer] === 1 && hidden.has(outer))) hidden.add(first);
      return;
    }
  }
}
