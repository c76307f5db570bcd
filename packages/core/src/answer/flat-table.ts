/** The answer as a flat table: the columns that CSV and its description share. */
import type { Answer, AnswerCell, Cell, Text } from '@revier/schema';

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
    ...measures.flatMap(({ name, kind, note }) => measureColumns(name, note, isRate(kind))),
  ];
}

export const isRate = (kind: string): boolean => kind !== 'count' && kind !== 'sum';

function measureColumns(measure: string, note: Text, rate: boolean): Column[] {
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
    ...(rate ? interval : []),
    {
      name: `${measure}_status`,
      title: { de: 'Status der Zelle', en: 'Status of the cell' },
      datatype: 'string',
      valueOf: ({ measures }) => measures[measure]?.status ?? '',
    },
  ];
}

/** Empty where there is no figure; the status says why. */
function numberOf(cell: Cell | undefined, part: 'value' | 'lower' | 'upper'): string {
  if (cell === undefined || !('value' in cell)) return '';
  const value = cell[part];
  return value === undefined ? '' : String(value);
}
