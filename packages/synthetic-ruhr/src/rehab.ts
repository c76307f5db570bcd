/** Rehabilitation: episodes at four clinics with the answer to a letter twelve months later. */
import { dataModels } from '@revier/schema';
import { type Columns, columnsFor, type Row } from './columns.ts';
import { sexes, type Year, years } from './margins.ts';
import { opaqueId, personPool } from './persons.ts';
import { type Stream, streamOf } from './random.ts';
import { type Indication, rehabTruth } from './rehab-truth.ts';
import type { Sex } from './stocks.ts';

export type Clinic = 0 | 1 | 2 | 3;

const indications = [
  'oncology',
  'orthopaedics',
  'cardiology',
  'neurology',
  'psychosomatics',
  'paediatrics',
] as const satisfies readonly Indication[];

interface Stay {
  readonly year: Year;
  readonly indication: Indication;
  readonly sex: Sex;
}

/** Rows of `rehab-episode/1` for one clinic. Clinics share no persons, nor does the size of the region change them. */
export function rehabColumns(seed: number, clinic: Clinic): Columns {
  const { add, columns } = columnsFor(dataModels.rehabEpisode);
  const stream = streamOf(seed, 'rehab', String(clinic));
  let persons = 0;
  const pool = personPool(stream, () => opaqueId('RP', clinic, persons++));
  const lastYear = new Map<string, number>();
  for (const [count, stay] of staysOf(stream, clinic).entries()) {
    const age = ageAt(stream, stay.indication);
    const visit = { sex: stay.sex, year: stay.year, age };
    const fits = (earlier: string) => (lastYear.get(earlier) ?? Number.POSITIVE_INFINITY) < stay.year;
    const personId = pool.assign(visit, rehabTruth.readmission, fits);
    lastYear.set(personId, stay.year);
    add({ episodeId: opaqueId('RE', clinic, count), personId, age: String(age), ...episode(stream, stay) });
  }
  return columns;
}

/** Every stay of the clinic, year by year. */
function staysOf(stream: Stream, clinic: Clinic): Stay[] {
  return years.flatMap((year) =>
    indications.flatMap((indication) =>
      sexes.flatMap((sex) => {
        const expected = (rehabTruth.clinics[clinic]?.[indication] ?? 0) * shareOf(sex, indication);
        return Array.from({ length: stream.poisson(expected) }, (): Stay => ({ year, indication, sex }));
      }),
    ),
  );
}

const shareOf = (sex: Sex, indication: Indication) =>
  sex === 'F' ? rehabTruth.women[indication] : 1 - rehabTruth.women[indication];

/** Children from 3 to 17; adults of working age, most of them over forty. */
function ageAt(stream: Stream, indication: Indication): number {
  if (indication === 'paediatrics') return 3 + stream.below(15);
  return 22 + Math.floor(43 * Math.sqrt(stream.uniform()));
}

function episode(stream: Stream, { year, indication, sex }: Stay): Row {
  const answered = stream.chance(rehabTruth.answered12(indication, sex));
  const returned = stream.pick(rehabTruth.returnToWork12(indication, sex));
  return {
    year: String(year),
    sex,
    indication,
    answered12: answered ? 'yes' : 'no',
    returnToWork12: answered ? returned : 'U',
  };
}
