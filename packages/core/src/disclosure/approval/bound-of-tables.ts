/** The bound over everything that some tables show: how little is left between any small figure and whoever has them all. */
import { leastVarianceOf, prepare } from './least-variance.ts';
import { type FigureSystem, figureSystems, type TablesOf } from './partitions.ts';
import { type Symmetry, symmetryOf } from './symmetry.ts';
import { targetsOf } from './targets.ts';

export interface Bound {
  /** In units of the variance of one figure; null where there is no figure with noise. */
  readonly least: number | null;
  readonly views: number;
  /** Combinations of what the tables tell apart, in the largest system. */
  readonly atoms: number;
  /** Multiplications of one step of the equations, over all kinds of small sets. */
  readonly work: number;
  /** What is too large to be checked, in both languages; null when all of it was. */
  readonly tooLarge: { readonly de: string; readonly en: string } | null;
}

/** Views of one system; kinds of small sets; multiplications of one step over all kinds. Together they keep a check within seconds. */
export const APPROVAL_LIMITS = { views: 200, kinds: 20_000, work: 2e8 } as const;

/** Nobody estimates a figure worse than by itself; what is left between two has the variance of two. */
const UNBOUNDED = 4;

/** @throws what `figureSystems` throws */
export function boundOf(of: TablesOf, counted: (figure: string) => boolean): Bound {
  const systems = viewsIn(of) > APPROVAL_LIMITS.views * 20 ? null : figureSystems(of);
  if (systems === null)
    return { least: null, views: viewsIn(of), atoms: 0, work: 0, tooLarge: tooMany('views', viewsIn(of)) };
  const bounds = systems.filter(({ figure }) => counted(figure)).map(boundOfSystem);
  const least = bounds.flatMap(({ least }) => least ?? []);
  return {
    least: least.length === 0 ? null : Math.min(...least),
    views: bounds.reduce((sum, { views }) => sum + views, 0),
    atoms: Math.max(0, ...bounds.map(({ atoms }) => atoms)),
    work: bounds.reduce((sum, { work }) => sum + work, 0),
    tooLarge: bounds.find(({ tooLarge }) => tooLarge !== null)?.tooLarge ?? null,
  };
}

const viewsIn = ({ tables }: TablesOf): number =>
  tables.reduce((sum, { by, margins, measures }) => sum + measures.length * (margins ? 2 ** by.length : 1), 0);

function boundOfSystem(system: FigureSystem): Bound {
  const atoms = system.classes.reduce((product, size) => product * size, 1);
  const about = { views: system.views.length, atoms, work: 0 };
  if (system.views.length > APPROVAL_LIMITS.views)
    return { ...about, least: null, tooLarge: tooMany('views', about.views) };
  const symmetries = symmetriesOf(system);
  const { targets, isCut } = targetsOf(system, symmetries, APPROVAL_LIMITS.kinds);
  if (isCut) return { ...about, least: null, tooLarge: tooMany('kinds', APPROVAL_LIMITS.kinds) };
  const prepared = targets.map((target) => ({ target, unknowns: prepare(target, symmetries) }));
  const work = prepared.reduce((sum, { unknowns: { size, orbits } }) => {
    const width = orbits.reduce((all, { sizes }) => all + sizes.length, 0);
    return sum + size * width * about.views;
  }, 0);
  if (work > APPROVAL_LIMITS.work) return { ...about, least: null, tooLarge: tooMany('work', work) };
  let least: number = UNBOUNDED;
  for (const { target, unknowns } of prepared) least = leastVarianceOf(target, unknowns, system.views, least);
  return { ...about, least: targets.length === 0 ? null : least, work, tooLarge: null };
}

/** Of the partitions of all views, and of what each of them leaves out. */
const symmetriesOf = ({ views, classes }: FigureSystem): readonly Symmetry[] =>
  classes.map((size, v) => {
    const own = views.map(({ blocks }) => blocks[v] ?? new Int32Array(size));
    const supports = own.map((blocks) => blocks.map((block) => Math.min(block, 0)));
    return symmetryOf(size, [...new Map([...own, ...supports].map((blocks) => [blocks.join(), blocks])).values()]);
  });

function tooMany(what: keyof typeof APPROVAL_LIMITS, found: number) {
  const words = {
    views: ['Tabellen und Summen', 'tables and totals'],
    kinds: ['verschiedene Arten kleiner Zellen', 'different kinds of small cells'],
    work: ['Rechenschritte', 'steps of computing'],
  }[what];
  const [most, have] = [APPROVAL_LIMITS[what], found].map((figure) => figure.toPrecision(3));
  return {
    de: `Zu groß für die Prüfung: ${words[0]} ${have}, höchstens ${most}.`,
    en: `Too large to be checked: ${words[1]} ${have}, at most ${most}.`,
  };
}
