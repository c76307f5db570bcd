/** What a table must not be by itself, and which rates must not stand beside each other. */
import type { DatasetDescription, Floor, Table, TableMeasure, Text } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import { groupingOn } from '../../query/grouping.ts';
import { declaredCodes } from '../../query/source-plan.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import type { TablesOf } from './partitions.ts';

interface Limits {
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
  readonly floor: Pick<Floor, 'maxDimensions' | 'maxCells' | 'finest'>;
}

/** More dimensions or cells than the holder's floor lets through, or a finer level: no question would be answered by it. */
export const tooFine = (tables: readonly Table[], limits: Limits): readonly Text[] =>
  tables.flatMap((table, at) => {
    const { maxDimensions, maxCells } = limits.floor;
    const cells = cellsOf(table, limits);
    const place = at + 1;
    return [
      ...(table.by.length > maxDimensions
        ? [
            {
              de: `Tabelle ${place} hat ${table.by.length} Dimensionen; die Untergrenze lässt ${maxDimensions} zu.`,
              en: `Table ${place} has ${table.by.length} dimensions; the floor lets ${maxDimensions} through.`,
            },
          ]
        : []),
      ...(cells > maxCells
        ? [
            {
              de: `Tabelle ${place} hat ${cells} Zellen; die Untergrenze lässt ${maxCells} zu.`,
              en: `Table ${place} has ${cells} cells; the floor lets ${maxCells} through.`,
            },
          ]
        : []),
      ...finerThanFloor(table, limits).map((variable) => ({
        de: `Tabelle ${place} ist nach „${variable}“ feiner, als die Untergrenze es zulässt.`,
        en: `Table ${place} is finer by "${variable}" than the floor lets through.`,
      })),
    ];
  });

function cellsOf(table: Table, { vocabulary, dataset }: Limits): number {
  const model = vocabulary.model(table.model);
  if (model === undefined) return 0;
  return table.by.reduce((product, dimension) => {
    const grouping = groupingOn(vocabulary, model, dataset, dimension, '/by');
    const codes = declaredCodes({ model, dataset }, vocabulary, grouping.variable.name);
    const shown = new Set(codes.flatMap((code) => grouping.numberOf(code) ?? []));
    return product * (shown.size + (table.margins ? 1 : 0));
  }, 1);
}

/** `finest` speaks of a variable, or of the concept that it means. */
function finerThanFloor(
  { model: name, by }: Table,
  { vocabulary, dataset, floor: { finest = {} } }: Limits,
): readonly string[] {
  const model = vocabulary.model(name);
  return by.flatMap((dimension) => {
    if (model === undefined || !('level' in dimension)) return [];
    const { variable, index, level } = groupingOn(vocabulary, model, dataset, dimension, '/by');
    const least = finest[variable.name] ?? finest[variable.concept ?? ''];
    return least === undefined || !index.list.levels.includes(least) || index.isCoarser(level, least)
      ? []
      : [variable.name];
  });
}

/**
 * One standard for the rates of one unit on a dataset: with a second one the strata of small cells follow (disclosure.md 2.4 and A23).
 * The multiplier and the interval stand outside: they say nothing anew about the same weighted sum.
 */
export function rateConflicts(added: readonly Table[], { tables }: TablesOf): readonly Text[] {
  const weights = (some: readonly Table[]) => [
    ...new Map(
      some.flatMap(({ measures }) => measures.flatMap(weightingOf)).map((one) => [contentHash(one), one]),
    ).values(),
  ];
  const all = Map.groupBy(weights(tables), ({ unit }) => unit);
  const asked = new Set(weights(added).map(({ unit }) => unit));
  return [...all].flatMap(([unit, own]) =>
    own.length < 2 || !asked.has(unit)
      ? []
      : [
          {
            de: `Raten über „${unit}“ mit ${own.length} verschiedenen Gewichtungen (Standard, Altersgruppen oder Nenner) geben zusammen ihre Schichten preis.`,
            en: `Rates of "${unit}" with ${own.length} different weightings (standard, age groups or denominator) give their strata away together.`,
          },
        ],
  );
}

function weightingOf(measure: TableMeasure) {
  if (measure.kind !== 'direct-rate') return [];
  const { unit, over, standard, denominator } = measure;
  return [{ unit, over, standard, denominator }];
}
