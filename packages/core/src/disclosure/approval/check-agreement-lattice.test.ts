/** The check at approval as a holder meets it: tables of a small registry, granted together or not. */
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type DataModel,
  dataModels,
  type Table,
  type TableMeasure,
} from '@revier/schema';
import { areas, deprivation, describeDataset, smallDatasets, smallVocabulary } from '@revier/testkit';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../query/canonical.ts';
import { catalogueOf, documentStore, openCatalogue } from '../../query/vocabulary.ts';
import { SUM_VARIANCE } from '../secure-sum/opened-body.ts';
import { type AgreementLattice, checkAgreementLattice } from './check-agreement-lattice.ts';

const vocabulary = smallVocabulary();
const [registry, population] = smallDatasets;
if (registry === undefined || population === undefined) throw new Error('The small region has no registry.');

const byCity = { variable: 'area', level: 'city' } as const;
const byDistrict = { variable: 'area', level: 'district' } as const;
const bySex = { variable: 'sex', level: 'code' } as const;
const byDeprivation = { variable: 'area', lookup: deprivation.name } as const;
const cases = (...where: TableMeasure['where']): TableMeasure => ({ kind: 'count', unit: 'cases', where });
const women = { variable: 'sex', atoms: ['F'] };

const tableOf = (over: Partial<Table>): Table => ({
  ...{ model: 'cancer-case/1', by: [], margins: false, coverage: [], measures: [cases()] },
  ...over,
});

type Told = Partial<Pick<AgreementLattice, 'live' | 'floor'>>;

const check = (asked: readonly Table[], told: Told = {}) =>
  checkAgreementLattice({ asked, live: [], vocabulary, dataset: registry, floor: noisy, ...told });

const limits = { maxDimensions: 4, maxCells: 10_000 };
const noisy: AgreementLattice['floor'] = { ...limits, disclosure: { method: 'cell-key' } };
const exact: AgreementLattice['floor'] = limits;

describe('with noise by cell keys', () => {
  test('a table by itself keeps the noise of each of its cells', () => {
    const { verdict, figures } = check([tableOf({ by: [byDistrict, bySex] })]);
    expect({ verdict, share: figures.leastShare, variance: figures.variance }).toEqual({
      verdict: 'safe',
      share: 1,
      variance: 3,
    });
  });

  test('all totals of a table of two by two leave four ninths, which is too little', () => {
    const table = tableOf({ by: [byCity, bySex], margins: true });
    const { verdict, figures, leaveOut } = check([table]);
    expect(verdict).toBe('unsafe');
    expect(figures.leastShare).toBeCloseTo(4 / 9, 9);
    expect(leaveOut).toEqual([contentHash(table)]);
  });

  test('districts cut by deprivation and cities, neither nested in the other, are seen together', () => {
    const { verdict, figures } = check([tableOf({ by: [byDeprivation] }), tableOf({ by: [byCity] })]);
    expect(verdict).toBe('safe');
    expect(figures).toMatchObject({ atoms: 4, views: 2 });
    // Districts themselves as well: by the effects of two crossing halves, (1/5 + 1/3 + 1/3 + 1) / 4.
    const all = [tableOf({ by: [byDeprivation] }), tableOf({ by: [byCity] }), tableOf({ by: [byDistrict] })];
    expect(check(all).figures.leastShare).toBeCloseTo(7 / 15, 9);
    expect(check(all).leaveOut).toHaveLength(1);
  });

  test('what two conditions leave between them is a target, also where no table shows it', () => {
    const [all, some] = [tableOf({ by: [byCity] }), tableOf({ by: [byCity], measures: [cases(women)] })];
    expect(check([all, some]).figures).toMatchObject({ atoms: 4, leastShare: 1 });
    // Women by district and in all, men by nothing: men in a city have the noise of what is subtracted.
    expect(check([tableOf({ by: [byCity, bySex] }), all]).figures.leastShare).toBeCloseTo(2 / 3, 9);
  });

  test('tables of all agreements in force count, and they are not what is left out', () => {
    const live = [tableOf({ by: [byCity, bySex] }), tableOf({ by: [bySex] })];
    const persons: TableMeasure = { kind: 'count', unit: 'persons', where: [] };
    const asked = [tableOf({ by: [byCity] }), tableOf({ by: [] }), tableOf({ by: [byCity], measures: [persons] })];
    expect(check(live)).toMatchObject({ verdict: 'safe' });
    const { verdict, figures, leaveOut } = check(asked, { live });
    expect(verdict).toBe('unsafe');
    expect(figures).toMatchObject({ tables: 3, added: 3 });
    // Cities by sex and either total leave less than half of the noise of the figures by sex; persons are another system.
    expect(leaveOut).toEqual(asked.slice(0, 2).map(contentHash));
    expect(check(asked.slice(2), { live }).verdict).toBe('safe');
  });

  test('a total that is taken apart in several ways is estimated by all of them, though its parts keep their noise', () => {
    const apart = [bySex, { variable: 'dco', level: 'code' } as const, { variable: 'uicc', level: 'stage' } as const];
    const ways = apart.map((dimension) => tableOf({ by: [byDistrict, dimension] }));
    expect(check(ways.slice(0, 2)).verdict).toBe('safe');
    const { verdict, figures } = check([...ways, tableOf({ by: [byDistrict] })]);
    // Two sexes, three ways of registration, six stages, and the total itself: 1 / (1/2 + 1/3 + 1/6 + 1).
    expect(figures.leastShare).toBeCloseTo(1 / 2, 9);
    expect(verdict).toBe('safe');
    const year = tableOf({ by: [byDistrict, { variable: 'diagnosisYear', level: 'year' }] });
    expect(check([year], { live: [...ways, tableOf({ by: [byDistrict] })] }).verdict).toBe('unsafe');
  });

  test('the whole dataset may be known exactly', () => {
    const ways = [bySex, byCity, byDeprivation].map((dimension) => tableOf({ by: [dimension] }));
    expect(check([...ways, tableOf({})]).figures.leastShare).toBeGreaterThan(0.5);
  });

  test('what is granted already adds nothing', () => {
    const table = tableOf({ by: [byCity, bySex] });
    expect(check([table], { live: [table] })).toMatchObject({ verdict: 'safe', figures: { added: 0 } });
  });

  test('cells that two tables show alike are seen once: years since one and since the next', () => {
    const since = ['2016', '2017', '2018', '2019', '2020'].map((_, at, years) =>
      tableOf({
        by: [{ variable: 'diagnosisYear', level: 'year' }, bySex],
        measures: [cases({ variable: 'diagnosisYear', atoms: years.slice(at) })],
      }),
    );
    for (const mode of ['L', 'F'] as const) {
      const lattice = { asked: since, live: [], vocabulary, dataset: { ...registry, mode }, floor: noisy };
      expect(checkAgreementLattice(lattice)).toMatchObject({ verdict: 'safe', figures: { views: 5, leastShare: 1 } });
    }
    // One year with all totals stands apart from the years that it is one of.
    const last = tableOf({ by: [bySex], measures: [cases({ variable: 'diagnosisYear', atoms: ['2020'] })] });
    expect(check([...since, last]).figures.leastShare).toBe(1);
    expect(check([...since, { ...last, margins: true }]).figures.leastShare).toBeCloseTo(2 / 3, 9);
  });

  test('figures of another unit are another system', () => {
    const persons: TableMeasure = { kind: 'count', unit: 'persons', where: [] };
    expect(check([tableOf({ by: [byCity], measures: [cases(), persons] })]).figures.leastShare).toBe(1);
  });
});

describe('in a secure sum', () => {
  const persons = (...where: TableMeasure['where']): TableMeasure => ({ kind: 'count', unit: 'persons', where });
  const years = (...atoms: string[]) => ({ variable: 'diagnosisYear', atoms });
  const together = (asked: readonly Table[], live: readonly Table[] = []) =>
    checkAgreementLattice({ asked, live, vocabulary, dataset: { ...registry, mode: 'F' }, floor: exact });

  test('noise is that of the sum, whatever the floor says of counts that leave alone', () => {
    const { verdict, figures } = together([tableOf({ by: [byDistrict, bySex], measures: [persons()] })]);
    expect({ verdict, share: figures.leastShare, variance: figures.variance }).toEqual({
      verdict: 'safe',
      share: 1,
      variance: SUM_VARIANCE,
    });
  });

  test('totals over two codes are refused, with the table to leave out', () => {
    const [wide, narrow] = [true, false].map((margins) =>
      tableOf({ by: [byCity, bySex], margins, measures: [persons()] }),
    );
    if (wide === undefined || narrow === undefined) throw new Error('unreachable');
    expect(together([wide])).toMatchObject({ verdict: 'unsafe', leaveOut: [contentHash(wide)] });
    expect(together([narrow, tableOf({ by: [byDistrict], measures: [persons()] })]).verdict).toBe('safe');
  });

  test('one set under three names has three noises, which are averaged: a condition that leaves nobody out is seen as one', () => {
    const declared = ['2016', '2017', '2018', '2019', '2020'];
    const named = [[], [years(...declared)], [years('2015', ...declared)]].map((where) =>
      tableOf({ by: [byDistrict, bySex], measures: [persons(...where)] }),
    );
    expect(together(named.slice(0, 2)).figures).toMatchObject({ views: 1, leastShare: 0.5 });
    const { verdict, figures, leaveOut } = together(named);
    expect(figures.leastShare).toBeCloseTo(1 / 3, 9);
    expect({ verdict, left: leaveOut?.length }).toEqual({ verdict: 'unsafe', left: 1 });
    // By cell keys the noise follows from the records, and all three are one figure.
    const keyed = named.map((table) => ({
      ...table,
      measures: table.measures.map((one) => ({ ...one, unit: 'cases' })),
    }));
    expect(check(keyed).figures.leastShare).toBe(1);
  });

  test('sums of figures open the number of persons behind them as well', () => {
    const title = { de: 'Zahl', en: 'Number' };
    const figure = (name: string) => ({ role: 'measure' as const, name, title, scale: 0, min: 0, max: 60 });
    const model: DataModel = {
      ...dataModels.rehabEpisode,
      id: 'rehab-stay/1',
      variables: [...dataModels.rehabEpisode.variables, figure('days'), figure('visits')],
    };
    const own = describeDataset({ holder: 'clinic-1', model, mode: 'F', coverage: [] });
    const documents = [...builtInModels, ...builtInCodeLists, ...builtInStandards, areas, model, own];
    const words = openCatalogue(catalogueOf('test', 1, documents), documentStore(documents));
    const shareOf = (...variables: string[]) => {
      const measures = [persons(), ...variables.map((variable) => ({ kind: 'sum' as const, variable, where: [] }))];
      const asked = [tableOf({ model: model.id, by: [bySex], measures })];
      return checkAgreementLattice({ asked, live: [], vocabulary: words, dataset: own, floor: exact }).figures
        .leastShare;
    };
    expect(shareOf()).toBe(1);
    expect(shareOf('days')).toBe(0.5);
    expect(shareOf('days', 'visits')).toBeCloseTo(1 / 3, 9);
  });

  test('the total of one table and the only cell of another have one name, and are one figure', () => {
    const whole = tableOf({ by: [byDistrict, bySex], margins: true, measures: [persons()] });
    const alone = together([whole]).figures.leastShare;
    expect(together([whole, tableOf({ by: [byDistrict], measures: [persons()] })]).figures.leastShare).toBe(alone);
  });
});

describe('with exact counts', () => {
  test('tables that a record can be in both of are granted together where they can be protected together', () => {
    const one = tableOf({ by: [byCity] });
    const other = tableOf({ by: [bySex], measures: [cases({ variable: 'behaviour', atoms: ['3'] })] });
    expect(check([one, other], { floor: exact })).toMatchObject({ verdict: 'safe', leaveOut: [] });
    expect(check([other], { floor: exact, live: [one] }).verdict).toBe('safe');
    expect(check([one], { floor: exact }).verdict).toBe('safe');
  });

  test('those that are too large for that are refused, with their size and the table to leave out', () => {
    const bySite = { variable: 'site', level: 'category' } as const;
    const one = tableOf({ by: [byDistrict, bySite] });
    const other = tableOf({ by: [{ variable: 'age', level: 'band5' }] });
    const { verdict, words, leaveOut } = check([one, other], { floor: exact });
    expect({ verdict, leaveOut }).toEqual({ verdict: 'unsafe', leaveOut: [expect.any(String)] });
    expect(words[0]?.en).toMatch(
      /must be protected together, .* too large \(combinations of codes: \d+, at most 2000\)/,
    );
    expect(check([one], { floor: exact }).verdict).toBe('safe');
    expect(check([other], { floor: exact, live: [one] }).verdict).toBe('unsafe');
  });

  test('tables about women and about men are apart, whatever the data', () => {
    const of = (sex: string) => tableOf({ by: [byCity], measures: [cases({ variable: 'sex', atoms: [sex] })] });
    expect(check([of('F'), of('M')], { floor: exact }).verdict).toBe('safe');
  });
});

describe('by itself', () => {
  const rate = (standard: string): TableMeasure => ({
    ...{ kind: 'direct-rate', unit: 'cases', where: [], over: { variable: 'age', level: 'band14' }, standard },
    ...{ per: 100_000, interval: 'fay-feuer', denominator: { model: 'population/1', sum: 'persons', where: [] } },
  });

  test('a second standard for the same rates is refused', () => {
    const [one, other] = ['ESP2013-14', 'WHO2000-14'].map((standard) =>
      tableOf({ by: [byCity], measures: [rate(standard)] }),
    );
    if (one === undefined || other === undefined) throw new Error('unreachable');
    expect(check([one]).verdict).toBe('safe');
    expect(check([other], { live: [one] })).toMatchObject({ verdict: 'unsafe', leaveOut: [contentHash(other)] });
  });

  test.each([
    ['dimensions', { maxDimensions: 1 }],
    ['cells', { maxCells: 7 }],
    ['a level', { finest: { area: 'city' } }],
  ])('what has more %s than the floor lets through is refused', (_, stricter) => {
    const table = tableOf({ by: [byDistrict, bySex] });
    expect(check([table]).verdict).toBe('safe');
    expect(check([table], { floor: { ...noisy, ...stricter } }).verdict).toBe('unsafe');
  });

  test('open data are not checked, and say so', () => {
    const dataset = population;
    const asked = [
      tableOf({ model: 'population/1', by: [bySex], measures: [{ kind: 'sum', variable: 'persons', where: [] }] }),
    ];
    expect(checkAgreementLattice({ asked, live: [], vocabulary, dataset, floor: exact })).toMatchObject({
      verdict: 'open',
    });
  });

  test('more tables than can be checked are refused with their number', () => {
    const subsets = (codes: readonly string[]) =>
      Array.from({ length: 2 ** codes.length - 1 }, (_, at) => codes.filter((_, i) => (((at + 1) >> i) & 1) === 1));
    const asked = subsets(['2016', '2017', '2018', '2019', '2020']).flatMap((years) =>
      subsets(['I', 'II', 'III']).map((stages) =>
        tableOf({
          measures: [cases({ variable: 'diagnosisYear', atoms: years }, { variable: 'uicc', atoms: stages })],
        }),
      ),
    );
    const { verdict, words, leaveOut } = check(asked);
    expect({ verdict, leaveOut }).toEqual({ verdict: 'too-large', leaveOut: null });
    expect(words[0]?.en).toBe('Too large to be checked: tables and totals 217, at most 200.');
  });

  test('a word that the catalogue does not know is refused', () => {
    expect(() => check([tableOf({ by: [{ variable: 'area', lookup: 'unheard-of' }] })])).toThrow('There is no lookup');
  });
});
