/** Cancer cases: Poisson counts in every cell of the population, then the particulars of each case. */
import { dataModels } from '@revier/schema';
import type { SiteTruth } from './cancer-sites.ts';
import { cancerTruth } from './cancer-truth.ts';
import { type Columns, columnsFor, type Row } from './columns.ts';
import { bands } from './margins.ts';
import { opaqueId, type PersonPool, personPool } from './persons.ts';
import type { Cell } from './population.ts';
import { type Stream, streamOf } from './random.ts';

/** Rows of `cancer-case/1` for the residents of the cells, which come in the order of years. */
export function cancerColumns(seed: number, cells: readonly Cell[]): Columns {
  const { add, columns } = columnsFor(dataModels.cancerCase);
  for (const [district, own] of Map.groupBy(cells, (cell) => cell.district)) {
    const draw = caseDrawer(streamOf(seed, 'cancer', district.code), district.place);
    for (const cell of own) for (const row of draw(cell)) add(row);
  }
  return columns;
}

interface Counter {
  cases: number;
  persons: number;
}

function caseDrawer(stream: Stream, place: number): (cell: Cell) => Row[] {
  const counter: Counter = { cases: 0, persons: 0 };
  const pool = personPool(stream, () => opaqueId('CP', place, counter.persons++));
  const history = new Map<string, Tumours>();
  return (cell) =>
    cancerTruth.sites.flatMap((site) => {
      const expected = cell.persons * cancerTruth.rate(site, cell.sex, cell.band, cell.district.score);
      const malignant = stream.poisson(expected);
      const inSitu = stream.poisson(expected * site.inSitu);
      return Array.from({ length: malignant + inSitu }, (_, index): Row => {
        const caseId = opaqueId('CC', place, counter.cases++);
        const behaviour = index < malignant ? '3' : '2';
        const tumour = tumourOf(stream, cell, site, behaviour);
        const personId = patient(pool, history, cell, site, tumour);
        return { caseId, personId, ...dateOf(stream, cell), ...tumour };
      });
    });
}

interface Tumour {
  readonly area: string;
  readonly sex: string;
  readonly age: string;
  readonly site: string;
  readonly behaviour: string;
  readonly uicc: string;
  readonly dco: string;
}

function tumourOf(stream: Stream, cell: Cell, site: SiteTruth, behaviour: string): Tumour {
  const dco = behaviour === '3' && stream.chance(cancerTruth.dcoShare);
  return {
    area: cell.district.code,
    sex: cell.sex,
    age: String(ageIn(stream, cell.band)),
    site: stream.pick(site.categories),
    behaviour,
    uicc: stageOf(stream, cell.district.score, site, behaviour, dco),
    dco: dco ? 'yes' : 'no',
  };
}

function stageOf(
  stream: Stream,

  score: number,
  site: SiteTruth,
  behaviour: string,
  dco: boolean,
): string {
  if (behaviour === '2') return '0';
  if (dco || stream.chance(cancerTruth.unknownShare(score))) return 'U';
  if (stream.chance(cancerTruth.lateShare(site, score))) return stream.chance(site.thirdOfLate) ? 'III' : 'IV';
  return stream.chance(site.firstOfEarly) ? 'I' : 'II';
}

/** A single year of age within the group: even, but falling off from 75 to 98 in the open one. */
function ageIn(stream: Stream, band: number): number {
  const from = Number((bands[band] ?? '').slice(0, 2));
  if (band === bands.length - 1) return from + Math.floor(24 * stream.uniform() * stream.uniform());
  const next = Number((bands[band + 1] ?? '').slice(0, 2));
  return from + stream.below(next - from);
}

/** Month precision as in oBDS-RKI 3: some with an estimated day, a few with the year only. */
function dateOf(stream: Stream, cell: Cell): Row {
  const month = String(stream.below(12) + 1).padStart(2, '0');
  const yearOnly = stream.chance(cancerTruth.yearOnlyShare);
  const precision = stream.chance(0.2) ? 'T' : 'E';
  return {
    diagnosisYear: String(cell.year),
    diagnosisMonth: yearOnly ? 'U' : month,
    datePrecision: yearOnly ? 'M' : precision,
  };
}

/** What a further primary tumour must respect: other sites only, and nobody comes back after a death certificate. */
interface Tumours {
  readonly groups: Set<string>;
  dead: boolean;
}

function patient(pool: PersonPool, history: Map<string, Tumours>, cell: Cell, site: SiteTruth, tumour: Tumour): string {
  const visit = { sex: cell.sex, year: cell.year, age: Number(tumour.age) };
  const person = pool.assign(visit, cancerTruth.furtherPrimary, (earlier) => {
    const known = history.get(earlier);
    return known !== undefined && !known.dead && !known.groups.has(site.group);
  });
  const known = history.get(person) ?? { groups: new Set<string>(), dead: false };
  known.groups.add(site.group);
  known.dead ||= tumour.dco === 'yes';
  history.set(person, known);
  return person;
}
