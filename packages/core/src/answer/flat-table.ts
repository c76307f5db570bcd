/** The answer as a flat table: the columns that CSV and its description share. */
import type { Answer, AnswerCell, Cell, CellError, Text } from '@revier/schema';

/** As in SDMX: the code of a total over a dimension. */
export const TOTAL_CODE = '_T';

export interface Column {
  readonly name: string;
  readonly title: Text;
  readonly datatype: 'string' | 'number';
  valueOf(cell: AnswerCell): string;
}

export function columnsOf({ dimensions, measures }: Pick<Answer, 'dimensions' | 'measures'>): Column[] {
  return [
    ...dimensions.map(
      ({ name, title }): Column => ({
        name,
        title,
        datatype: 'string',
        valueOf: ({ by }) => by[name] ?? TOTAL_CODE,
      }),
    ),
    ...measures.flatMap(({ name, kind, note, additive }) =>
      measureColumns(name, note, isRate(kind) ? 'limits' : additive === false ? 'noise' : 'exact'),
    ),
  ];
}

/** Whether figures of this kind come with limits. */
export const isRate = (kind: string): boolean => kind !== 'count' && kind !== 'sum' && kind !== 'mean';

function measureColumns(measure: string, note: Text, beside: 'limits' | 'noise' | 'exact'): Column[] {
  const number = (part: 'value' | 'lower' | 'upper', title: Text): Column => ({
    name: part === 'value' ? measure : `${measure}_${part}`,
    title,
    datatype: 'number',
    valueOf: ({ measures }) => numberOf(measures[measure], part),
  });
  const interval = [
    number('lower', { de: 'Untere Grenze', en: 'Lower limit' }),
    number('upper', { de: 'Obere Grenze', en: 'Upper limit' }),
    {
      name: `${measure}_events`,
      title: { de: 'Klasse der Ereigniszahl', en: 'Class of the number of events' },
      datatype: 'string' as const,
      valueOf: ({ measures }: AnswerCell) => {
        const cell = measures[measure];
        return cell !== undefined && 'events' in cell ? (cell.events ?? '') : '';
      },
    },
  ];
  return [
    number('value', note),
    ...(beside === 'limits' ? interval : []),
    ...(beside === 'noise' ? noiseColumns(measure) : []),
    {
      name: `${measure}_status`,
      title: { de: 'Status der Zelle', en: 'Status of the cell' },
      datatype: 'string',
      valueOf: ({ measures }) => measures[measure]?.status ?? '',
    },
  ];
}

/** What noise may have done to a figure; parts of `error` in the answer. */
export const noiseTitles = {
  sd: { de: 'Standardabweichung des Rauschens', en: 'Standard deviation of the noise' },
  within95: { de: 'Größte Abweichung durch Rauschen in 95 %', en: 'Greatest change by noise in 95 %' },
} as const satisfies Record<string, Text>;
export const noiseParts = ['sd', 'within95'] as const;

const noiseColumns = (measure: string): Column[] =>
  noiseParts.map((part) => ({
    name: `${measure}_${part}`,
    title: noiseTitles[part],
    datatype: 'number',
    valueOf: ({ measures }) => {
      const error = errorIn(measures[measure]);
      return error === undefined ? '' : String(error[part]);
    },
  }));

export const errorIn = (cell: Cell | undefined): CellError | undefined =>
  cell !== undefined && 'error' in cell ? cell.error : undefined;

/** Empty where there is no figure; the status says why. */
function numberOf(cell: Cell | undefined, part: 'value' | 'lower' | 'upper'): string {
  if (cell === undefined || !('value' in cell)) return '';
  const value = cell[part];
  return value === undefined ? '' : String(value);
}
