/** What an application would come to, before it is handed in: per dataset which tables, at which grain, and what is odd about it. */
import { type DraftedOffer, lintPolicy } from '@revier/core';
import type { Table, TableDimension } from '@revier/schema';
import type { Lang } from '../render/words.ts';
import { words } from './words.ts';

const dimensionText = (dimension: TableDimension): string =>
  `${dimension.variable} (${'lookup' in dimension ? dimension.lookup : dimension.level})`;

const tableText = ({ model, by, margins, measures }: Table): string =>
  [
    model,
    `${measures.map(({ kind }) => kind).join(', ')}:`,
    by.length === 0 ? '1' : by.map(dimensionText).join(' × '),
    ...(margins ? ['+ Σ'] : []),
  ].join(' ');

export const renderCheck = (offers: readonly DraftedOffer[], lang: Lang): string =>
  offers
    .flatMap(({ holder, dataset, offer }) => [
      `${dataset}  ${holder}  ${offer['rv:lattice'].length} ${words.tables[lang]}`,
      ...offer['rv:lattice'].map((table) => `    ${tableText(table)}`),
      ...lintPolicy(offer).map((finding) => `  ! ${finding.severity} ${finding.pointer}: ${finding[lang]}`),
    ])
    .join('\n');

export const checkAsJson = (offers: readonly DraftedOffer[]) =>
  offers.map(({ holder, dataset, offer }) => ({
    ...{ holder, dataset, tables: offer['rv:lattice'] },
    findings: lintPolicy(offer),
    offer,
  }));
