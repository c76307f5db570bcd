/** The room for linked tables: which counts of a table are shown beside all others granted on its dataset, decided once a data epoch (0022). */
import {
  contentHash,
  isLive,
  isTooLarge,
  type JointSystem,
  jointCounts,
  jointSystemOf,
  linkedWith,
  type Pattern,
  patternAlone,
  patternsIn,
  preparedAhead,
  type RawTable,
} from '@revier/core';
import { AppError, type Sha256, type Table } from '@revier/schema';
import type { KeptPattern, Patterns, PatternsOfEpoch, ProtectAside } from '../linked-ports.ts';
import type { Agreements, StoredAgreement } from '../policy-ports.ts';
import { strictestCellSize } from './agreement-terms.ts';
import { type ArchiveDeps, type ExactTable, openExactTable, readBeside } from './archive.ts';
import type { GrantedFacts } from './guard.ts';
import type { Turns } from './limiter.ts';
import { versionsOf } from './versions.ts';

export interface LinkedDeps {
  readonly agreements: Pick<Agreements, 'list'>;
  readonly patterns: Patterns;
  readonly protect: ProtectAside;
  /** By dataset: tasks that come together would all decide the same. */
  readonly turns: Turns;
  readonly archive: ArchiveDeps;
}

/** Other processes on the same records may decide at the same time, and each of them once. */
const MAX_TRIES = 20;

/**
 * The pattern of the table, or null where counts are not suppressed. It is decided for all tables that it is linked to at once, whoever asks first
 * and for whichever; what was decided before stays. What cannot be decided is withheld as a whole.
 */
export async function patternFor(exact: ExactTable, deps: LinkedDeps, signal: AbortSignal): Promise<Pattern | null> {
  const { granted } = openExactTable(exact);
  const { own, cellKeys, minCellSize, key } = granted;
  if (own.dataset.mode !== 'L' || cellKeys !== null || minCellSize === null) return null;
  const epoch = { dataset: key.dataset, epoch: key.epoch };
  const kept = shownOf(await deps.patterns.of(epoch), granted);
  if (kept !== undefined) return kept;
  return deps.turns(key.dataset, () => decideOnce(exact, minCellSize, deps, signal), signal);
}

async function decideOnce(
  exact: ExactTable,
  minCellSize: number,
  deps: LinkedDeps,
  signal: AbortSignal,
): Promise<Pattern> {
  const { granted } = openExactTable(exact);
  const epoch = { dataset: granted.key.dataset, epoch: granted.key.epoch };
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const before = await deps.patterns.of(epoch);
    const kept = shownOf(before, granted);
    if (kept !== undefined) return kept;
    const patterns = await decide(exact, minCellSize, before, deps, signal);
    const shown = patternIn(patterns, granted)?.shown;
    if (shown === undefined) throw new AppError('INTERNAL');
    if (await deps.patterns.keep(epoch, before, patterns)) return shown;
  }
  throw new AppError('NOT_READY', { detail: 'Others decide about linked tables all the time.' });
}

function shownOf({ patterns }: PatternsOfEpoch, granted: GrantedFacts): Pattern | undefined {
  const kept = patternIn(patterns, granted);
  // Decided over other areas than are asked about now.
  return kept?.linkable && !isAsAhead(granted) ? kept.shown.map(() => 0) : kept?.shown;
}

const patternIn = (patterns: readonly KeptPattern[], { key }: GrantedFacts): KeptPattern | undefined =>
  patterns.find(({ hash, versions }) => hash === key.table && versions === key.versions);

async function decide(
  exact: ExactTable,
  minCellSize: number,
  before: PatternsOfEpoch,
  deps: LinkedDeps,
  signal: AbortSignal,
): Promise<readonly KeptPattern[]> {
  const { granted, raw } = openExactTable(exact);
  const { own, prepared, rates, key } = granted;
  const live = await inForceOn(own.dataset.id, deps.agreements);
  const k = Math.max(minCellSize, ...live.map(({ agreement }) => strictestCellSize(agreement)));
  const { table, tableHash, dataset } = own;
  const asked = { table, hash: tableHash, versions: key.versions };
  const input = { table, tableHash, domain: prepared.domain, raw, rates };
  const alone = patternAlone(input, k);
  const set = linkedSet(granted, before, live);
  if (set?.length === 1) return [{ ...asked, shown: alone, linkable: isAsAhead(granted) }];
  const joint = set !== null && mayLink(granted, set, before) ? jointSystemOf(set, { ...granted, dataset }) : null;
  const decided =
    set === null || joint === null || isTooLarge(joint)
      ? null
      : await together(exact, { set, joint, before, minCellSize: k }, deps, signal);
  // Fails closed: nothing shown, and so nothing that a later table could be subtracted from.
  if (decided === null) return [{ ...asked, shown: alone.map(() => 0), linkable: true }];
  return [...decided].flatMap(([hash, shown]) => {
    const own = set?.find((one) => contentHash(one) === hash);
    return own === undefined
      ? []
      : [{ table: own, hash, versions: versionsOfTable(own, granted), linkable: true, shown }];
  });
}

const inForceOn = async (dataset: string, agreements: LinkedDeps['agreements']): Promise<readonly StoredAgreement[]> =>
  (await agreements.list()).flatMap(({ stored, life }) =>
    stored.agreement.target === dataset && isLive(life) ? [stored] : [],
  );

/** Null where a table that was shown in this epoch cannot be understood any more. */
function linkedSet(
  { own, vocabulary }: GrantedFacts,
  { patterns }: PatternsOfEpoch,
  live: readonly StoredAgreement[],
): readonly Table[] | null {
  const of = { vocabulary, dataset: own.dataset };
  const isKnown = (table: Table) => unlessUnknown(() => preparedAhead(table, of)) !== null;
  const published = patterns.map(({ table }) => table);
  if (!published.every(isKnown)) return null;
  // A table that this catalogue does not know can be asked for by another only, and will meet what is decided now.
  const granted = live.flatMap(({ agreement }) => agreement['rv:lattice']).filter(isKnown);
  return linkedWith(own.table, { ...of, tables: [...published, ...granted] });
}

function unlessUnknown<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'INTERNAL') return null;
    throw error;
  }
}

/** Everything that was published before is known, means the same still, and was counted over the areas that are assumed for it. */
function mayLink(granted: GrantedFacts, set: readonly Table[], { patterns, hasOthers }: PatternsOfEpoch): boolean {
  const hashes = new Set(set.map((table) => contentHash(table)));
  const published = patterns.filter(({ hash }) => hashes.has(hash));
  return (
    !hasOthers &&
    isAsAhead(granted) &&
    published.every(({ linkable, table, versions }) => linkable && versions === versionsOfTable(table, granted))
  );
}

const versionsOfTable = (table: Table, { own, vocabulary }: GrantedFacts): Sha256 =>
  versionsOf({ ...own, table }, vocabulary.catalogue, null);

/** Whether the table is asked of the source as it was assumed to be: its areas are those that populations declare. */
function isAsAhead({ own, prepared, vocabulary }: GrantedFacts): boolean {
  const { source, domain } = preparedAhead(own.table, { vocabulary, dataset: own.dataset });
  return JSON.stringify([source, domain]) === JSON.stringify([prepared.source, prepared.domain]);
}

interface Linking {
  readonly set: readonly Table[];
  readonly joint: JointSystem;
  readonly before: PatternsOfEpoch;
  readonly minCellSize: number;
}

async function together(
  exact: ExactTable,
  { set, joint, before, minCellSize }: Linking,
  { archive, protect }: LinkedDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<Sha256, Pattern> | null> {
  const { granted, raw: own } = openExactTable(exact);
  const of = { vocabulary: granted.vocabulary, dataset: granted.own.dataset };
  const tables = set.map((table) => ({ hash: contentHash(table), ...preparedAhead(table, of) }));
  const others = tables.filter(({ hash }) => hash !== granted.own.tableHash);
  const sources = [joint.source, ...others.map(({ source }) => source)];
  const [atoms, ...figures] = await readBeside(exact, sources, archive, signal);
  if (atoms === undefined) return null;
  const raw = new Map<Sha256, RawTable>([[granted.own.tableHash, own]]);
  others.forEach(({ hash }, i) => {
    const answer = figures[i];
    if (answer !== undefined) raw.set(hash, answer);
  });
  const hashes = new Set(tables.map(({ hash }) => hash));
  const fixed = new Map(before.patterns.flatMap(({ hash, shown }) => (hashes.has(hash) ? [[hash, shown]] : [])));
  const counts = jointCounts({ joint, tables, raw, atoms, minCellSize, fixed });
  return counts && patternsIn({ joint, tables, fixed }, await protect(counts, signal));
}
