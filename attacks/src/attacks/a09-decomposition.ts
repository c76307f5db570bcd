/** A9: one total taken apart in a hundred ways, each with noise of its own, and the mean of all. */
import { type Attack, percent, sized } from '../attack.ts';
import { counts } from '../federation/lattice.ts';
import { STAGES, suppressing } from '../federation/people.ts';
import { type Figures, said } from '../federation/tables.ts';

const PARTITIONS = 100;
const MOST_EXACT = 0.4;

export const decomposition: Attack = {
  id: 'A9',
  title: 'averaging over decompositions',
  needs: 'federation',
  quick: false,
  async run({ federation, tables, random, scale }) {
    const { byHolder, targets } = federation.people;
    const tried = sized(scale, { quick: 2, normal: 12, full: PARTITIONS });
    let granted = 0;
    for (let at = 0; at < tried; at++) {
      const cut = 1 + random.below(11);
      const first = Array.from({ length: cut }, (_, month) => String(month + 1).padStart(2, '0'));
      const { answer } = await said(
        federation.mallory,
        counts({ cases: [{ variable: 'diagnosisMonth', in: random.shuffled(first) }] }, [
          { variable: 'area', level: 'district' },
        ]),
      );
      if (answer !== null) granted++;
    }
    const known = {
      crossed: await tables.table('crossed'),
      padded: await tables.table('padded'),
      byYear: await tables.table('byYear'),
      byMonth: await tables.table('byMonth'),
      bySite: await tables.beyond('bySite'),
      totals: await tables.beyond('totals'),
    };
    const seen = targets.filter(({ holder }) => holder !== suppressing);
    const exact = seen.filter(({ holder, person: { area } }) => {
      const truth = byHolder.get(holder)?.filter((person) => person.area === area).length ?? 0;
      return Math.round(mean(waysOf(known, area)) ?? -1) === truth;
    });
    const share = exact.length / seen.length;
    return {
      figure: `${percent(share)} exact; ${granted} of ${tried} further partitions granted`,
      criterion: `≤ ${percent(MOST_EXACT)} exact`,
      passed: share <= MOST_EXACT && granted === 0,
      detail: `${seen.length} parent cells by all partitions of the agreed tables, weighted by their variance`,
    };
  },
};

const months = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0'));

interface Way {
  readonly sum: number;
  readonly parts: number;
}

type Seen = Readonly<
  Record<'crossed' | 'padded' | 'byYear' | 'byMonth', Figures> & Record<'bySite' | 'totals', Figures | null>
>;

function waysOf({ crossed, padded, byYear, byMonth, bySite, totals }: Seen, area: string): readonly Way[] {
  const way = (parts: readonly (number | null)[]): Way[] =>
    parts.includes(null)
      ? []
      : [{ sum: parts.reduce((sum: number, part) => sum + (part ?? 0), 0), parts: parts.length }];
  return [
    ...way([crossed.value({ area, sex: null, uicc: null })]),
    ...way(STAGES.map((uicc) => crossed.value({ area, sex: null, uicc }))),
    ...way(['F', 'M', 'D'].map((sex) => crossed.value({ area, sex, uicc: null }))),
    ...way(STAGES.flatMap((uicc) => ['no', 'yes', 'U'].map((dco) => padded.value({ area, dco, uicc })))),
    ...way([2016, 2017, 2018, 2019, 2020].map((year) => byYear.value({ area, diagnosisYear: String(year) }))),
    ...way(months.map((diagnosisMonth) => byMonth.value({ area, diagnosisMonth }))),
    ...(totals === null ? [] : way(['no', 'yes', 'U'].map((dco) => totals.value({ area, dco, uicc: null })))),
    ...(bySite === null ? [] : way(['C16.', 'C18-C20', 'C33-C34'].map((site) => bySite.value({ area, site })))),
  ];
}

function mean(ways: readonly Way[]): number | null {
  const weight = ways.reduce((sum, { parts }) => sum + 1 / parts, 0);
  return weight === 0 ? null : ways.reduce((sum, way) => sum + way.sum / way.parts, 0) / weight;
}
