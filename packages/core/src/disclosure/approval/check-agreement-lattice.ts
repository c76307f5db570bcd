/** The check at approval: whether tables of one dataset may be granted together, those of all agreements that are in force with them. */
import {
  type DatasetDescription,
  disclosureDefaults,
  type Floor,
  type Sha256,
  type Table,
  type Text,
} from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import { isTooLarge, type TooLarge } from '../joint/joint-system.ts';
import { jointSystemOf } from '../joint/linked-tables.ts';
import { fewestLeftOut } from '../lattice/safe-lattice.ts';
import { SUM_VARIANCE } from '../secure-sum/opened-body.ts';
import { boundOf } from './bound-of-tables.ts';
import { linkedWith } from './exact-tables.ts';
import type { TablesOf } from './partitions.ts';
import { rateConflicts, tooFine } from './table-rules.ts';
import { shortOf, wordsOf } from './words.ts';

export interface AgreementLattice {
  readonly asked: readonly Table[];
  /** Of all agreements that are in force on the dataset, whoever has them. */
  readonly live: readonly Table[];
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
  readonly floor: Pick<Floor, 'disclosure' | 'maxDimensions' | 'maxCells' | 'finest'>;
}

export interface LatticeFigures {
  readonly tables: number;
  /** Not granted to anybody before. */
  readonly added: number;
  readonly views: number;
  readonly atoms: number;
  /** Of the noise of one count; null where counts are exact. */
  readonly variance: number | null;
  /** Least share of that variance with which a set that may be small can be estimated; null without noise. */
  readonly leastShare: number | null;
  readonly requiredShare: number;
}

export interface LatticeOpinion {
  /** `open`: figures leave exactly, by the holder's own word. `too-large` is refused as well. */
  readonly verdict: 'open' | 'safe' | 'unsafe' | 'too-large';
  readonly words: readonly Text[];
  readonly figures: LatticeFigures;
  /** Asked tables to leave out so that the rest is safe; null where looking for them takes too long, or what is granted already is not safe. */
  readonly leaveOut: readonly Sha256[] | null;
}

/** Null where counts leave exactly: by suppression, which is for one holder's own answer. What several answer together has noise of its own law. */
function varianceUnder({ disclosure }: AgreementLattice['floor'], { mode }: DatasetDescription): number | null {
  if (mode === 'F') return SUM_VARIANCE;
  return mode === 'L' && disclosure?.method !== 'cell-key' ? null : (disclosure?.ptable ?? disclosureDefaults.ptable).V;
}

/** Half of the noise of one figure must be left (disclosure.md 1.9, 2.5). */
const REQUIRED = 0.5;

/**
 * Noise, be it by cell keys or of secure sums: no set that may hold fewer than k persons can be estimated with less than half of the variance of one figure, be it a
 * cell, an atom or what two cells differ by. Exact counts: tables that a record can be in both of are protected jointly, so they must not be too large for that.
 * @throws AppError VARIABLE_UNKNOWN, LOOKUP_UNKNOWN, GRAIN_UNAVAILABLE, BOUNDARIES_DIFFER, MODEL_UNKNOWN: a table that the catalogue does not know
 */
export function checkAgreementLattice(lattice: AgreementLattice): LatticeOpinion {
  const { dataset, floor } = lattice;
  const live = distinct(lattice.live);
  const asked = distinct(lattice.asked);
  const added = asked.filter((table) => !live.some((other) => contentHash(other) === contentHash(table)));
  const variance = varianceUnder(floor, dataset);
  const none = {
    tables: asked.length,
    added: added.length,
    views: 0,
    atoms: 0,
    variance,
    leastShare: null,
    requiredShare: REQUIRED,
  };
  if (dataset.mode === 'O') return opinion('open', none, []);
  const context: Context = { ...lattice, live, variance };
  const whole = judged(added, context);
  const figures = { ...none, views: whole.views, atoms: whole.atoms, leastShare: whole.least };
  if (whole.tooLarge !== null) return { verdict: 'too-large', figures, words: [whole.tooLarge], leaveOut: null };
  if (isSafe(whole.score) || added.length === 0) return opinion('safe', figures, []);
  const leaveOut = nearestSafe(added, whole.work, context)?.map(contentHash) ?? null;
  const words = wordsOf({ verdict: 'unsafe', figures, faults: whole.faults, leaveOut });
  return { verdict: 'unsafe', figures, words, leaveOut };
}

/** Up to here all choices of what to leave out are tried, by number; beyond it, tables are taken in one after the other. */
const FEW_TABLES = 6;
const MAX_CHOICES = 2 ** FEW_TABLES;
/** Steps of computing that may be spent on looking for what to leave out. */
const MAX_SEARCH = 2e8;

/** Null where it is not known: granted tables are not safe by themselves, or looking would take too long. */
function nearestSafe(added: readonly Table[], work: number, context: Context): readonly Table[] | null {
  const scoreOf = (some: readonly Table[]) => judged(some, context).score;
  const isFew = added.length <= FEW_TABLES;
  if (work * (isFew ? MAX_CHOICES : added.length) > MAX_SEARCH || !isSafe(scoreOf([]))) return null;
  if (isFew) return fewestLeftOut(added, scoreOf, isSafe, MAX_CHOICES);
  const kept: Table[] = [];
  for (const table of added) if (isSafe(scoreOf([...kept, table]))) kept.push(table);
  return added.filter((table) => !kept.includes(table));
}

const opinion = (
  verdict: 'open' | 'safe' | 'unsafe',
  figures: LatticeFigures,
  faults: readonly Text[],
): LatticeOpinion => ({
  ...{ verdict, figures },
  words: wordsOf({ verdict, figures, faults, leaveOut: [] }),
  leaveOut: [],
});

const distinct = (tables: readonly Table[]): readonly Table[] => [
  ...new Map(tables.map((table) => [contentHash(table), table])).values(),
];

const isSafe = (score: number | null): boolean => score === null || score >= REQUIRED - 1e-9;

interface Context extends AgreementLattice {
  readonly variance: number | null;
}

interface Judged {
  readonly views: number;
  readonly atoms: number;
  readonly least: number | null;
  readonly work: number;
  /** Least share of variance; below what is required, and lower for every fault, where a rule is broken. */
  readonly score: number | null;
  readonly faults: readonly Text[];
  readonly tooLarge: Text | null;
}

/** These and what is granted already; what is granted already is not judged for faults of its own. */
function judged(added: readonly Table[], context: Context): Judged {
  const { live, vocabulary, dataset, variance } = context;
  const of: TablesOf = { tables: [...live, ...added], vocabulary, dataset };
  const { least, views, atoms, work, tooLarge } = boundOf(
    of,
    (figure) => variance !== null || figure.startsWith('rate '),
  );
  const faults = [
    ...tooFine(added, context),
    ...rateConflicts(added, of),
    ...(variance === null ? exactConflicts(added, of) : []),
  ];
  const broken = faults.length > 0 || tooLarge !== null;
  return { views, atoms, least, work, score: broken ? -faults.length : least, faults, tooLarge };
}

/** Linked tables are protected together once somebody asks, which must then be possible: it follows from the tables, not from the data. */
function exactConflicts(added: readonly Table[], of: TablesOf): readonly Text[] {
  const seen = new Set<Sha256>();
  return added.flatMap((table) => {
    if (seen.has(contentHash(table))) return [];
    const linked = linkedWith(table, of);
    for (const one of linked) seen.add(contentHash(one));
    const joint = linked.length === 1 ? null : jointSystemOf(linked, of);
    return joint === null || !isTooLarge(joint) ? [] : [tooManyLinked(linked.map(contentHash), joint)];
  });
}

function tooManyLinked(hashes: readonly Sha256[], { what, found, most }: TooLarge): Text {
  const [own, ...beside] = hashes.slice(0, MOST_NAMED + 1).map(shortOf);
  const [de, en] = {
    atoms: ['Kombinationen von Merkmalen', 'combinations of codes'],
    views: ['Tabellen, Summen und Schnitte', 'tables, totals and cuts'],
    cells: ['Zellen', 'cells'],
  }[what];
  return {
    de: `Genaue Zahlen über dieselben Datensätze lassen sich voneinander abziehen und müssen gemeinsam gesichert werden, wofür diese Tabellen zu groß sind (${de}: ${found}, höchstens ${most}): ${own} mit ${beside.join(', ')}.`,
    en: `Exact figures about the same records can be subtracted from each other and must be protected together, for which these tables are too large (${en}: ${found}, at most ${most}): ${own} with ${beside.join(', ')}.`,
  };
}

const MOST_NAMED = 5;
