/** The region as a whole: repeatable to the byte, plainly invented, sound in every row. */
import { createHash } from 'node:crypto';
import { builtInCodeLists, CodeList, type DataModel, dataModels, Lookup } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { cancerColumns } from './cancer.ts';
import type { Columns } from './columns.ts';
import { districtsOf } from './districts.ts';
import { populationCells } from './population.ts';
import { syntheticRuhr } from './ruhr.ts';
import { cityCodes } from './stocks.ts';

const clinics = [0, 1, 2, 3] as const;
const ruhr = syntheticRuhr();
const hash = (of: unknown) => createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16);

function parts(of: ReturnType<typeof syntheticRuhr>) {
  return {
    areas: hash([of.areas, of.deprivation, [...of.scores]]),
    population: hash(cityCodes.map((city) => of.population(city))),
    cancer: hash(of.cancerCases()),
    school: hash(cityCodes.map((city) => of.schoolEntry(city))),
    rehab: hash(clinics.map((clinic) => of.rehabEpisodes(clinic))),
  };
}

describe('the same options', () => {
  it('give the same bytes, today and in every later version until this line says otherwise', () => {
    expect(parts(ruhr)).toEqual({
      areas: 'b19cc682f682c0ab',
      population: '0c1c6c39f3041e63',
      cancer: 'f9bf04669bda6bd4',
      school: 'ebcdf0860ffa258b',
      rehab: '6a7034e1568e558e',
    });
    expect(parts(syntheticRuhr({ seed: 1 }))).toEqual(parts(ruhr));
  });

  it('differ in every part when the seed does', () => {
    const other = parts(syntheticRuhr({ seed: 2 }));
    for (const [part, bytes] of Object.entries(parts(ruhr)))
      expect(Object.entries(other)).not.toContainEqual([part, bytes]);
  });

  it('keep areas, quintiles and clinics at every size', () => {
    const small = parts(syntheticRuhr({ persons: 20_000 }));
    const { areas, rehab } = parts(ruhr);
    expect([small.areas, small.rehab]).toEqual([areas, rehab]);
    expect(small.cancer).not.toBe(parts(ruhr).cancer);
  });

  it('draw each district by itself: without the others its cases are the same', () => {
    const cells = populationCells(districtsOf(1), null);
    const alone = cancerColumns(
      1,
      cells.filter((cell) => cell.district.code === '05513-X07'),
    );
    const all = ruhr.cancerCases();
    const rows = (all.area ?? []).flatMap((area, row) => (area === '05513-X07' ? [row] : []));
    expect(rows.length).toBeGreaterThan(50);
    for (const [name, column] of Object.entries(all)) expect(alone[name]).toEqual(rows.map((row) => column[row]));
  });

  it('are refused out of range', () => {
    for (const persons of [9999, 1_210_001, 20_000.5, Number.NaN])
      expect(() => syntheticRuhr({ persons }), String(persons)).toThrow();
    expect(() => syntheticRuhr({ seed: 0.5 })).toThrow();
  });
});

describe('areas', () => {
  it('are a proper hierarchy of 98 districts, three cities and a region, the invented ones plainly labelled', () => {
    expect(CodeList.parse(ruhr.areas)).toEqual(ruhr.areas);
    const at = (level: string) => ruhr.areas.codes.filter((entry) => entry.level === level);
    expect([at('district').length, at('city').length, at('region').length]).toEqual([98, 3, 1]);
    expect(at('city').map(({ code, parent, label }) => [code, parent, label?.de])).toEqual([
      ['05113', 'RUHR-SYN', 'Essen'],
      ['05513', 'RUHR-SYN', 'Gelsenkirchen'],
      ['05911', 'RUHR-SYN', 'Bochum'],
    ]);
    for (const { code, parent, label } of at('district')) {
      expect(code).toMatch(/^05\d{3}-X\d{2}$/);
      expect(parent).toBe(code.slice(0, 5));
      expect(label?.de).toContain('(erfunden)');
      expect(label?.en).toContain('(invented)');
    }
    expect(new Set(ruhr.areas.codes.map((entry) => entry.code)).size).toBe(102);
    expect([ruhr.areas.source, ruhr.areas.title.en].every((words) => words?.includes('SYNTHETIC'))).toBe(true);
  });

  it('fall into quintiles of about equal population, ordered by score', () => {
    expect(Lookup.parse(ruhr.deprivation)).toEqual(ruhr.deprivation);
    const { pairs, from, source } = ruhr.deprivation;
    expect(from).toEqual({ codeList: ruhr.areas.id, level: 'district' });
    for (const word of ['SYNTHETIC', '2021', 'equal population', 'Bochum']) expect(source).toContain(word);
    expect(pairs.map(([district]) => district)).toEqual([...ruhr.scores.keys()].sort());
    const people = new Map<string, number>();
    const quintile = new Map(pairs);
    for (const { area, year, persons } of cityCodes.map((city) => ruhr.population(city)))
      for (const [row, count] of (persons ?? []).entries())
        if (year?.[row] === '2020') {
          const group = quintile.get(String(area?.[row])) ?? 'none';
          people.set(group, (people.get(group) ?? 0) + Number(count));
        }
    const total = [...people.values()].reduce((left, right) => left + right, 0);
    // Districts are not split, so a fifth can miss by about half a large district at either end.
    for (const group of ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'])
      expect(Math.abs((people.get(group) ?? 0) / total - 0.2), group).toBeLessThan(0.02);
    const byScore = [...ruhr.scores].sort(([, a], [, b]) => a - b).map(([district]) => quintile.get(district));
    expect(byScore).toEqual([...byScore].sort());
  });

  it('are most deprived in Gelsenkirchen, least in Bochum, on average, and everywhere between 0 and 1', () => {
    const mean = (city: string) => {
      const own = [...ruhr.scores].filter(([code]) => code.startsWith(city)).map(([, score]) => score);
      return own.reduce((left, right) => left + right, 0) / own.length;
    };
    expect(mean('05513')).toBeGreaterThan(mean('05113') + 0.05);
    expect(mean('05113')).toBeGreaterThan(mean('05911') + 0.05);
    expect([...ruhr.scores.values()].every((score) => score > 0 && score < 1)).toBe(true);
  });
});

/** What a row breaks: a code outside its list or of another level than wanted, a weight out of range, an identifier without the mark. */
function faults(model: DataModel, columns: Columns): string[] {
  const lists = new Map([...builtInCodeLists, ruhr.areas].map((list) => [list.id, list]));
  return model.variables.flatMap((variable) => {
    const values = new Set(columns[variable.name]);
    const list = variable.role === 'dimension' ? lists.get(variable.codeList ?? ruhr.areas.id) : undefined;
    const level = model.id === 'population/1' && variable.name === 'age' ? 'band14' : list?.levels[0];
    const codes = new Set<unknown>(list?.codes.filter((entry) => entry.level === level).map((entry) => entry.code));
    const sound = (value: string | number | null) => {
      if (value === null) return false;
      if (variable.role === 'dimension') return codes.has(value);
      if (variable.role === 'identifier') return /^SYNTHETIC-[A-Z]{2}-[0-9a-f]{8}$/.test(String(value));
      return Number.isSafeInteger(value) && Number(value) >= variable.min && Number(value) <= variable.max;
    };
    return [...values].filter((value) => !sound(value)).map((value) => `${variable.name}: ${value}`);
  });
}

describe('every row', () => {
  const sets: readonly (readonly [string, DataModel, Columns])[] = [
    ...cityCodes.map((city) => [`population of ${city}`, dataModels.population, ruhr.population(city)] as const),
    ['cancer cases', dataModels.cancerCase, ruhr.cancerCases()],
    ...cityCodes.map((city) => [`school entry in ${city}`, dataModels.schoolEntry, ruhr.schoolEntry(city)] as const),
    ...clinics.map((clinic) => [`clinic ${clinic}`, dataModels.rehabEpisode, ruhr.rehabEpisodes(clinic)] as const),
  ];

  it.each(sets)('of %s keeps to its data model', (_, model, columns) => {
    expect(Object.keys(columns)).toEqual(model.variables.map((variable) => variable.name));
    const lengths = Object.values(columns).map((column) => column.length);
    expect(Math.min(...lengths)).toBeGreaterThan(1000);
    expect(new Set(lengths).size).toBe(1);
    expect(faults(model, columns)).toEqual([]);
    if (model.record !== null) expect(new Set(columns[model.record]).size).toBe(lengths[0]);
  });

  it('that is broken is noticed', () => {
    const broken = { ...ruhr.rehabEpisodes(0), sex: ['female'], age: ['75+'], episodeId: ['1'], year: [null] };
    expect(faults(dataModels.rehabEpisode, broken)).toEqual(['episodeId: 1', 'year: null', 'sex: female', 'age: 75+']);
  });

  it('belongs to one holder: no person is at two clinics or examined in two cities', () => {
    for (const persons of [
      clinics.map((clinic) => new Set(ruhr.rehabEpisodes(clinic).personId)),
      cityCodes.map((city) => new Set(ruhr.schoolEntry(city).personId)),
    ]) {
      const all = new Set(persons.flatMap((of) => [...of]));
      expect(all.size).toBe(persons.reduce((sum, of) => sum + of.size, 0));
    }
  });
});
