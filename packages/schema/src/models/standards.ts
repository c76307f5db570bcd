/** Standard populations in the 14 age groups of the open German district data, per 100,000 or 1,000,000 as published. */
import type { Text } from '../ids.ts';
import type { Standard } from '../lookup.ts';
import { age } from './code-lists.ts';

const groups = age.codes.filter((entry) => entry.level === 'band14').map((entry) => entry.code);

function standard(name: string, title: Text, weights: readonly number[], source: string): Standard {
  return {
    kind: 'standard',
    name,
    title,
    codeList: age.id,
    level: 'band14',
    weights: groups.map((code, index) => [code, weights[index] ?? 0]),
    source,
  };
}

export const esp2013 = standard(
  'ESP2013-14',
  { de: 'Europastandard 2013 (14 Gruppen)', en: 'European standard population 2013 (14 groups)' },
  [10500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 10500, 9000],
  'Eurostat: Revision of the European Standard Population, 2013; groups added up to 0-9, 10-14 ... 60-64, 65-74, 75+',
);

export const esp1976 = standard(
  'ESP1976-14',
  { de: 'Europastandard 1976 (14 Gruppen)', en: 'European standard population 1976 (14 groups)' },
  [15000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 6000, 5000, 7000, 4000],
  'Waterhouse et al., Cancer Incidence in Five Continents III, 1976; groups added up likewise',
);

export const segi1960 = standard(
  'Segi1960-14',
  { de: 'Weltstandard nach Segi (14 Gruppen)', en: 'World standard population, Segi (14 groups)' },
  [22000, 9000, 9000, 8000, 8000, 6000, 6000, 6000, 6000, 5000, 4000, 4000, 5000, 2000],
  'Segi 1960, modified by Doll et al. 1966; groups added up likewise',
);
