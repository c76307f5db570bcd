/** School entry: one examination for each child of a year, with what was shown, vaccinated and found. */
import { dataModels } from '@revier/schema';
import { type Columns, columnsFor, type Row } from './columns.ts';
import { opaqueId } from './persons.ts';
import type { Cell } from './population.ts';
import { type Stream, streamOf } from './random.ts';
import { schoolTruth } from './school-truth.ts';
import type { CityCode } from './stocks.ts';

/** Rows of `school-entry/1` for the children of one city. */
export function schoolColumns(seed: number, cells: readonly Cell[], city: CityCode): Columns {
  const { add, columns } = columnsFor(dataModels.schoolEntry);
  const children = cells.filter((cell) => cell.band === 0 && cell.district.city === city);
  for (const [district, own] of Map.groupBy(children, (cell) => cell.district)) {
    const stream = streamOf(seed, 'school', district.code);
    let count = 0;
    for (const cell of own) {
      // Rounded up or down by chance, so that small districts keep their share.
      const examined = Math.floor(cell.persons * schoolTruth.examinedShare + stream.uniform());
      for (let child = 0; child < examined; child += 1) add(examination(stream, cell, count++));
    }
  }
  return columns;
}

function examination(stream: Stream, cell: Cell, count: number): Row {
  const { sex, district } = cell;
  const education = stream.pick(schoolTruth.education(district.score));
  const bookletShown = stream.chance(schoolTruth.bookletShown[education]);
  const cardShown = stream.chance(schoolTruth.cardShown[education]);
  const doses = stream.pick(schoolTruth.mmrDoses(education));
  return {
    examinationId: opaqueId('SE', district.place, count),
    personId: opaqueId('SP', district.place, count),
    area: district.code,
    year: String(cell.year),
    sex,
    education,
    bookletShown: bookletShown ? 'yes' : 'no',
    cardShown: cardShown ? 'yes' : 'no',
    mmrDoses: cardShown ? doses : 'U',
    visuomotor: stream.pick(schoolTruth.visuomotor(education, sex)),
  };
}
