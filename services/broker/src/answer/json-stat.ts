/** The answer as a JSON-stat 2.0 dataset (json-stat.org/full): dimensions of the answer, then one for its measures. */

import { errorIn, isRate, noiseParts, noiseTitles, TOTAL_CODE } from '@revier/core';
import type { Answer, Cell, Text } from '@revier/schema';

const PARTS = ['value', 'lower', 'upper'] as const;
type Limit = (typeof PARTS)[number];
type Part = Limit | (typeof noiseParts)[number];

interface Metric {
  readonly id: string;
  readonly measure: string;
  readonly part: Part;
  readonly label: string;
}

/** Values and statuses are sparse, by place in the row-major cube; a place without a value is explained by its status. */
export function toJsonStat(answer: Answer): object {
  const metrics = metricsOf(answer);
  const axes = answer.dimensions.map(({ name, codes }) => ({
    name,
    codes: [...codes.map(({ code }) => code), ...(hasTotal(answer, name) ? [TOTAL_CODE] : [])],
  }));
  const size = [...axes.map(({ codes }) => codes.length), metrics.length];
  const value: Record<string, number> = {};
  const status: Record<string, string> = {};
  for (const { by, measures } of answer.cells) {
    const place = axes.reduce((at, { name, codes }) => at * codes.length + codes.indexOf(by[name] ?? TOTAL_CODE), 0);
    for (const [offset, metric] of metrics.entries()) {
      const cell = measures[metric.measure];
      const figure = figureOf(cell, metric.part);
      if (figure !== undefined) value[place * metrics.length + offset] = figure;
      if (cell !== undefined) status[place * metrics.length + offset] = cell.status;
    }
  }
  return {
    version: '2.0',
    class: 'dataset',
    label: `${answer.register} (${answer.queryId})`,
    source: [...new Set(answer.holders.flatMap(({ name, status: of }) => (of === 'answered' ? [name] : [])))].join(
      '; ',
    ),
    updated: answer.answered,
    note: answer.sentences.flatMap(({ de, en }) => [de, en]),
    id: [...axes.map(({ name }) => name), 'measure'],
    size,
    role: rolesOf(answer),
    dimension: { ...dimensionsOf(answer, axes), measure: measureDimension(metrics) },
    value,
    status,
    extension: { state: answer.state, synthetic: answer.synthetic, questionHash: answer.questionHash },
  };
}

function metricsOf({ measures }: Answer): Metric[] {
  return measures.flatMap(({ name, kind, note, additive }) =>
    partsOf(kind, additive).map((part) => ({
      id: part === 'value' ? name : `${name}_${part}`,
      measure: name,
      part,
      label: part === 'value' ? `${name}: ${note.en}` : `${name}: ${labels[part]}`,
    })),
  );
}

function partsOf(kind: string, additive: boolean | undefined): readonly Part[] {
  if (isRate(kind)) return PARTS;
  return additive === false ? ['value', ...noiseParts] : ['value'];
}

const labels = {
  lower: 'lower limit',
  upper: 'upper limit',
  sd: noiseTitles.sd.en,
  within95: noiseTitles.within95.en,
} as const;

const hasTotal = ({ cells }: Answer, name: string): boolean => cells.some(({ by }) => by[name] === null);

function figureOf(cell: Cell | undefined, part: Part): number | undefined {
  if (part === 'sd' || part === 'within95') return errorIn(cell)?.[part];
  return cell !== undefined && 'value' in cell ? cell[part] : undefined;
}

/** By the names that models share. */
const rolesOf = ({ dimensions }: Answer) => ({
  metric: ['measure'],
  ...(dimensions.some(({ name }) => name === 'area') ? { geo: ['area'] } : {}),
  ...(dimensions.some(({ name }) => name === 'year') ? { time: ['year'] } : {}),
});

function dimensionsOf({ dimensions }: Answer, axes: readonly { readonly codes: readonly string[] }[]) {
  return Object.fromEntries(
    dimensions.map(({ name, title, grouping, codes }, at) => {
      const labels: [string, Text][] = codes.map(({ code, label }) => [code, label]);
      const known = new Map([...labels, [TOTAL_CODE, { de: 'Insgesamt', en: 'Total' }] as const]);
      return [
        name,
        {
          label: title.en,
          category: {
            index: axes[at]?.codes ?? [],
            label: Object.fromEntries((axes[at]?.codes ?? []).map((code) => [code, known.get(code)?.en ?? code])),
          },
          extension: { grouping, labelDe: title.de },
        },
      ];
    }),
  );
}

const measureDimension = (metrics: readonly Metric[]) => ({
  label: 'Measure',
  category: {
    index: metrics.map(({ id }) => id),
    label: Object.fromEntries(metrics.map(({ id, label }) => [id, label])),
  },
});
