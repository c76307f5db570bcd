/** The truth is in the records: observed figures lie within five standard errors of what it expects, and not of what it denies. */
import { describe, expect, it } from 'vitest';
import type { SiteTruth } from './cancer-sites.ts';
import type { Columns } from './columns.ts';
import { bands } from './margins.ts';
import type { Indication } from './rehab-truth.ts';
import { syntheticRuhr } from './ruhr.ts';
import type { Education } from './school-truth.ts';
import { cityCodes, type Sex } from './stocks.ts';
import { truth } from './truth.ts';

type Row = Readonly<Record<string, string | number | null>>;

const quintiles = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'] as const;
const seeds = [1, 2, 3] as const;

/** Columns as rows, which read better in sums. */
function rowsOf(columns: Columns): Row[] {
  const named = Object.entries(columns);
  const length = named[0]?.[1].length ?? 0;
  return Array.from({ length }, (_, row) => Object.fromEntries(named.map(([name, of]) => [name, of[row] ?? null])));
}

const sexOf = (row: Row): Sex => (row.sex === 'F' ? 'F' : 'M');
const sum = (of: readonly number[]) => of.reduce((left, right) => left + right, 0);

function region(seed: number) {
  const ruhr = syntheticRuhr({ seed });
  const quintile = new Map(ruhr.deprivation.pairs);
  const people = cityCodes.flatMap((city) => rowsOf(ruhr.population(city)));
  return {
    ruhr,
    people,
    cases: rowsOf(ruhr.cancerCases()),
    scoreOf: (row: Row) => ruhr.scores.get(String(row.area)) ?? Number.NaN,
    within: (rows: readonly Row[], wanted: string) => rows.filter((row) => quintile.get(String(row.area)) === wanted),
  };
}

/** Standard errors between a sum of yes-no outcomes and the sum of their chances. */
function deviation(rows: readonly Row[], hit: (row: Row) => boolean, chance: (row: Row) => number): number {
  const chances = rows.map(chance);
  const variance = sum(chances.map((p) => p * (1 - p)));
  return (rows.filter(hit).length - sum(chances)) / Math.sqrt(variance);
}

const one = region(1);
const siteOf = (row: Row) => truth.cancer.sites.find((site) => String(row.site) in site.categories);
const malignant = (row: Row) => row.behaviour === '3';

function expected(people: readonly Row[], site: SiteTruth, score: (row: Row) => number): number {
  return sum(
    people.map(
      (row) => Number(row.persons) * truth.cancer.rate(site, sexOf(row), bands.indexOf(String(row.age)), score(row)),
    ),
  );
}

describe.each(seeds)('cancer incidence, seed %d', (seed) => {
  const { people, cases, within, scoreOf } = seed === 1 ? one : region(seed);

  it.each(truth.cancer.sites.map((site) => [site.group, site] as const))('of %s fits in every quintile', (_, site) => {
    for (const quintile of quintiles) {
      const observed = within(cases, quintile).filter((row) => malignant(row) && siteOf(row) === site).length;
      const mean = expected(within(people, quintile), site, scoreOf);
      expect(Math.abs(observed - mean) / Math.sqrt(mean), quintile).toBeLessThan(5);
    }
  });
});

describe('cancer', () => {
  it('of the lung does not fit without the gradient: the check above has teeth', () => {
    const lung = truth.cancer.sites.find((site) => site.group === 'C33-C34');
    if (lung === undefined) throw new Error('no lung');
    const observed = one.within(one.cases, 'Q5').filter((row) => malignant(row) && siteOf(row) === lung).length;
    const flat = expected(one.within(one.people, 'Q5'), lung, () => truth.cancer.referenceScore);
    expect((observed - flat) / Math.sqrt(flat)).toBeGreaterThan(5);
  });

  it('fits by sex and age group, single years lying in the group that they were drawn for', () => {
    const groupOf = (age: number) => bands.findLastIndex((band) => Number(band.slice(0, 2)) <= age);
    for (const sex of ['F', 'M'])
      for (const [band, name] of bands.entries()) {
        const inside = one.people.filter((row) => row.sex === sex && row.age === name);
        const mean = sum(truth.cancer.sites.map((site) => expected(inside, site, one.scoreOf)));
        const own = one.cases.filter((row) => row.sex === sex && groupOf(Number(row.age)) === band);
        expect(Math.abs(own.filter(malignant).length - mean) / Math.sqrt(mean), `${sex} ${name}`).toBeLessThan(5);
      }
  });

  it('of the bowel has the crude rate of the brief, between 60 and 80 per 100,000', () => {
    const observed = one.cases.filter((row) => malignant(row) && siteOf(row)?.group === 'C18-C20').length;
    const rate = (100_000 * observed) / sum(one.people.map((row) => Number(row.persons)));
    expect(rate).toBeGreaterThan(60);
    expect(rate).toBeLessThan(80);
  });

  it('has unknown and late stages as the score says, in every quintile', () => {
    for (const quintile of quintiles) {
      const known = one.within(one.cases, quintile).filter((row) => malignant(row) && row.dco === 'no');
      const unknown = deviation(
        known,
        (row) => row.uicc === 'U',
        (row) => truth.cancer.unknownShare(one.scoreOf(row)),
      );
      const late = deviation(
        known.filter((row) => row.uicc !== 'U'),
        (row) => row.uicc === 'III' || row.uicc === 'IV',
        (row) => {
          const site = siteOf(row);
          return site === undefined ? Number.NaN : truth.cancer.lateShare(site, one.scoreOf(row));
        },
      );
      expect(Math.abs(unknown), `unknown in ${quintile}`).toBeLessThan(5);
      expect(Math.abs(late), `late in ${quintile}`).toBeLessThan(5);
    }
    const low = truth.cancer.unknownShare(0.3);
    expect(truth.cancer.unknownShare(0.7)).toBeGreaterThan(low);
  });

  it('has death certificate only cases without a stage, and in-situ cases with stage 0', () => {
    const invasive = one.cases.filter(malignant);
    const dco = deviation(
      invasive,
      (row) => row.dco === 'yes',
      () => truth.cancer.dcoShare,
    );
    expect(Math.abs(dco)).toBeLessThan(5);
    expect(new Set(one.cases.filter((row) => row.dco === 'yes').map((row) => row.uicc))).toEqual(new Set(['U']));
    expect(new Set(one.cases.filter((row) => !malignant(row)).map((row) => row.uicc))).toEqual(new Set(['0']));
    expect(invasive.some((row) => row.uicc === '0')).toBe(false);
    expect(invasive.length / one.cases.length).toBeGreaterThan(0.93);
  });

  it('has an unknown month exactly where only the year is known', () => {
    for (const row of one.cases) expect(row.diagnosisMonth === 'U').toBe(row.datePrecision === 'M');
    const yearOnly = deviation(
      one.cases,
      (row) => row.datePrecision === 'M',
      () => truth.cancer.yearOnlyShare,
    );
    expect(Math.abs(yearOnly)).toBeLessThan(5);
  });

  it('has persons with two primaries that make sense: one sex, one place, one birth year, different sites', () => {
    const people = Map.groupBy(one.cases, (row) => row.personId);
    const several = [...people.values()].filter((rows) => rows.length > 1);
    expect(several.length).toBeGreaterThan(100);
    for (const rows of several) {
      for (const same of ['sex', 'area'] as const) expect(new Set(rows.map((row) => row[same])).size).toBe(1);
      expect(new Set(rows.map((row) => Number(row.diagnosisYear) - Number(row.age))).size).toBe(1);
      expect(new Set(rows.map(siteOf)).size).toBe(rows.length);
      expect(rows.slice(0, -1).every((row) => row.dco === 'no')).toBe(true);
    }
  });
});

describe('school entry', () => {
  const children = cityCodes.flatMap((city) => rowsOf(one.ruhr.schoolEntry(city)));
  const educations: readonly Education[] = ['low', 'middle', 'high', 'U'];

  it('examines a tenth of those under ten, to within chance', () => {
    const young = sum(one.people.filter((row) => row.age === '00-09').map((row) => Number(row.persons)));
    const mean = young * truth.school.examinedShare;
    // Rounding by chance adds at most a variance of 1/4 for each of the 980 cells.
    expect(Math.abs(children.length - mean)).toBeLessThan(5 * Math.sqrt(980 / 4));
  });

  it('finds education by deprivation as the truth has it', () => {
    for (const quintile of quintiles)
      for (const education of educations) {
        const off = deviation(
          one.within(children, quintile),
          (row) => row.education === education,
          (row) => truth.school.education(one.scoreOf(row))[education],
        );
        expect(Math.abs(off), `${quintile} ${education}`).toBeLessThan(5);
      }
  });

  it.each(educations)('finds booklets, cards, doses and visuomotor skills of %s education', (education) => {
    const own = children.filter((row) => row.education === education);
    const carded = own.filter((row) => row.cardShown === 'yes');
    const conspicuous = (row: Row) => truth.school.visuomotor(education, sexOf(row)).conspicuous;
    const off = {
      booklet: deviation(
        own,
        (row) => row.bookletShown === 'yes',
        () => truth.school.bookletShown[education],
      ),
      card: deviation(
        own,
        (row) => row.cardShown === 'yes',
        () => truth.school.cardShown[education],
      ),
      doses: deviation(
        carded,
        (row) => row.mmrDoses === '2',
        () => truth.school.mmrDoses(education)['2'],
      ),
      girls: deviation(
        own.filter((row) => row.sex === 'F'),
        (row) => row.visuomotor === 'conspicuous',
        conspicuous,
      ),
      boys: deviation(
        own.filter((row) => row.sex === 'M'),
        (row) => row.visuomotor === 'conspicuous',
        conspicuous,
      ),
    };
    for (const [name, value] of Object.entries(off)) expect(Math.abs(value), name).toBeLessThan(5);
  });

  it('knows doses exactly where a card was shown', () => {
    for (const row of children) expect(row.mmrDoses === 'U').toBe(row.cardShown === 'no');
  });
});

describe('rehabilitation', () => {
  const clinics = ([0, 1, 2, 3] as const).map((clinic) => rowsOf(one.ruhr.rehabEpisodes(clinic)));
  const indications = Object.keys(truth.rehab.women) as Indication[]; // Object.keys forgets the key type

  it.each([0, 1, 2, 3])('treats the expected mix at clinic %d, 1,500 to 4,000 episodes in all', (clinic) => {
    const episodes = clinics[clinic] ?? [];
    expect(episodes.length).toBeGreaterThan(1500);
    expect(episodes.length).toBeLessThan(4000);
    for (const indication of indications) {
      const mean = 5 * (truth.rehab.clinics[clinic]?.[indication] ?? Number.NaN);
      const observed = episodes.filter((row) => row.indication === indication).length;
      expect(Math.abs(observed - mean), indication).toBeLessThanOrEqual(5 * Math.sqrt(mean));
    }
  });

  it.each(indications)('hears back after %s as often, and of as much work, as the truth has it', (indication) => {
    for (const sex of ['F', 'M'] as const) {
      const own = clinics.flat().filter((row) => row.indication === indication && row.sex === sex);
      const answered = own.filter((row) => row.answered12 === 'yes');
      const heard = deviation(
        own,
        (row) => row.answered12 === 'yes',
        () => truth.rehab.answered12(indication, sex),
      );
      expect(Math.abs(heard), sex).toBeLessThan(5);
      for (const [outcome, share] of Object.entries(truth.rehab.returnToWork12(indication, sex))) {
        const hits = answered.filter((row) => row.returnToWork12 === outcome).length;
        const error = Math.sqrt(answered.length * share * (1 - share));
        expect(Math.abs(hits - answered.length * share), `${sex} ${outcome}`).toBeLessThanOrEqual(5 * error + 1e-9);
      }
    }
  });

  it('knows no return to work of those who did not answer, and none of children', () => {
    for (const row of clinics.flat()) {
      if (row.answered12 === 'no' || row.indication === 'paediatrics') expect(row.returnToWork12).toBe('U');
      else expect(row.returnToWork12).not.toBe('U');
      expect(Number(row.age) < 18).toBe(row.indication === 'paediatrics');
    }
  });

  it('sees former patients again in a later year, at the same clinic', () => {
    for (const episodes of clinics) {
      const several = [...Map.groupBy(episodes, (row) => row.personId).values()].filter((rows) => rows.length > 1);
      expect(several.length).toBeGreaterThan(20);
      for (const rows of several) {
        expect(new Set(rows.map((row) => row.year)).size).toBe(rows.length);
        expect(new Set(rows.map((row) => Number(row.year) - Number(row.age))).size).toBe(1);
        expect(new Set(rows.map((row) => row.sex)).size).toBe(1);
      }
    }
  });
});
