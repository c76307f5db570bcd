/** One table asked after each of 52 weekly imports, to average its noise away: what comes back by cell, and how far it lies from the truth. */
import { makePtable } from '@revier/core';
import type { Dice } from '../dice.ts';
import { K } from '../federation/people.ts';
import type { Asked } from './rows.ts';
import { type Answered, type Guards, type Weekly, weekly } from './weekly.ts';

export const WEEKS = 52;

export interface Seen {
  readonly cells: number;
  /** Different values, `withheld` among them, of the cell that has most of them. */
  readonly values: number;
  /** Cells with more values than sets could differ by k persons from each other. */
  readonly beyond: number;
  /** Root of the mean squared distance from the truth of the first epoch: of the first answer, and of the best average. */
  readonly one: number;
  readonly mean: number;
}

export interface Averaged {
  /** Rows of other cells alone have changed. */
  readonly untouched: Seen;
  /** Some rows have come and gone in every week, never k more or fewer than at first. */
  readonly touched: Seen;
  /** Others join in every week. */
  readonly growing: Seen;
}

export interface Averaging {
  readonly random: Dice;
  readonly districts: number;
  readonly guards: Guards;
}

const SEXES = [0, 1] as const;
const [ASKED_SITE, OTHER_SITE] = [0, 1];
const sorts = ['untouched', 'touched', 'growing'] as const;

/** District × sex with totals, of one of two sites; a third of the districts is of each sort. */
export function averagedOverImports({ random, districts, guards }: Averaging): Averaged {
  const register = weekly([districts, SEXES.length, 2], random, guards);
  const asked: Asked = {
    by: [
      { variable: 0, groups: Array.from({ length: districts }, (_, code) => [code, code] as const) },
      { variable: 1, groups: SEXES.map((code) => [code, code] as const) },
    ],
    margins: true,
    where: [{ variable: 2, codes: [ASKED_SITE] }],
  };
  for (let district = 0; district < districts; district++)
    for (const sex of SEXES) {
      register.join([district, sex, ASKED_SITE], 30 + random.below(40));
      register.join([district, sex, OTHER_SITE], 5);
    }
  const change = changing(register, districts, random);
  const answers = [register.ask(asked)];
  for (let week = 1; week <= WEEKS; week++) {
    change();
    register.import();
    answers.push(register.ask(asked));
  }
  const perDistrict = SEXES.length + 1;
  const cellsOf = (sort: number) =>
    Array.from({ length: (districts + 1) * perDistrict }, (_, cell) => cell).filter((cell) => {
      const district = Math.floor(cell / perDistrict);
      // Totals of all districts change with any of them.
      return (district === districts ? sorts.length - 1 : district % sorts.length) === sort;
    });
  const [untouched, touched, growing] = [0, 1, 2].map((sort) => seen(answers, cellsOf(sort)));
  if (untouched === undefined || touched === undefined || growing === undefined) throw new Error('All were seen.');
  return { untouched, touched, growing };
}

/** Most that rows of one cell are more or fewer than at first: of two cells together still fewer than k. */
export const HANDFUL = 4;

function changing(register: Weekly, districts: number, random: Dice): () => void {
  const net = new Map<string, number>();
  const comeAndGo = (district: number, sex: number): void => {
    const name = `${district} ${sex}`;
    const gone = 1 + random.below(3);
    const left = (net.get(name) ?? 0) - gone;
    const come = Math.max(0, random.below(2 * HANDFUL + 1) - HANDFUL - left);
    register.leave([district, sex, ASKED_SITE], gone);
    register.join([district, sex, ASKED_SITE], come);
    net.set(name, left + come);
  };
  return () => {
    for (let district = 0; district < districts; district++)
      for (const sex of SEXES) {
        register.join([district, sex, OTHER_SITE], random.below(3));
        const sort = sorts[district % sorts.length];
        if (sort === 'touched') comeAndGo(district, sex);
        else if (sort === 'growing') register.join([district, sex, ASKED_SITE], random.below(3));
      }
  };
}

function seen(answers: readonly Answered[], cells: readonly number[]): Seen {
  const courses = cells.map((cell) => ({
    figures: answers.map(({ figures }) => figures[cell] ?? null),
    exact: answers.map(({ exact }) => exact[cell] ?? 0),
  }));
  const counts = courses.map(({ figures }) => new Set(figures).size);
  const most = courses.map(({ exact }) => 1 + Math.floor((Math.max(...exact) - Math.min(...exact)) / K));
  const error = (estimate: (course: Course) => number | null): number => {
    const squares = courses.flatMap((course) => {
      const value = estimate(course);
      return value === null ? [] : [(value - (course.exact[0] ?? 0)) ** 2];
    });
    return Math.sqrt(meanOf(squares) ?? Number.POSITIVE_INFINITY);
  };
  return {
    cells: cells.length,
    values: Math.max(...counts),
    beyond: counts.filter((count, i) => count > (most[i] ?? 0)).length,
    one: error(({ figures }) => figures[0] ?? null),
    mean: Math.min(...averages.map(error)),
  };
}

interface Course {
  readonly figures: readonly (number | null)[];
  readonly exact: readonly number[];
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of all answers; of all, less what is known to have changed by then; and of those alone that differ from the one before. */
const averages: readonly ((course: Course) => number | null)[] = [
  ({ figures }) => meanOf(figures.flatMap((figure) => figure ?? [])),
  (course) => meanOf(course.figures.flatMap((figure, week) => (figure === null ? [] : [figure - grown(course, week)]))),
  (course) =>
    meanOf(
      course.figures.flatMap((figure, week) =>
        figure === null || figure === course.figures[week - 1] ? [] : [figure - grown(course, week)],
      ),
    ),
];

const grown = ({ exact }: Course, week: number): number => (exact[week] ?? 0) - (exact[0] ?? 0);

/** Chance that a mean of independent draws lies lower: 1 in 740. */
const DEVIATIONS = 3;

/**
 * Root of the least mean square that one draw of noise leaves over so many cells: the variance, less three standard errors of a mean of squares. An average
 * that comes below it has more than one draw.
 */
export function leastError(cells: number): number {
  const made = makePtable({ D: 5, V: 3, js: 2 });
  if (!made.isFeasible) throw new Error(made.reason);
  const law = made.ptable.rows.at(-1)?.law ?? [];
  const moment = (power: number) => law.reduce((sum, { noise, probability }) => sum + probability * noise ** power, 0);
  const variance = moment(2);
  return Math.sqrt(variance - DEVIATIONS * Math.sqrt((moment(4) - variance ** 2) / cells));
}

/** Cells that fewer than k rows have changed say one value, and their average tells no more than one answer; others are said anew once for k rows at most. */
export const withstands = ({ untouched, touched, growing }: Averaged): boolean =>
  [untouched, touched].every(({ values, cells, mean }) => values === 1 && mean >= leastError(cells)) &&
  [untouched, touched, growing].every(({ beyond }) => beyond === 0);
