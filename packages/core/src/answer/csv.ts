/** The answer as CSV (RFC 4180) with its CSVW description (W3C Metadata Vocabulary for Tabular Data) as a side-car. */
import type { Answer, Text } from '@revier/schema';
import { type Column, columnsOf, TOTAL_CODE } from './flat-table.ts';

export function toCsv(answer: Answer): string {
  const columns = columnsOf(answer);
  const rows = [columns.map(({ name }) => name), ...answer.cells.map((cell) => columns.map((of) => of.valueOf(cell)))];
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `url` is where the CSV lies, relative to the side-car. */
export function toCsvMetadata(answer: Answer, url: string): object {
  const columns = columnsOf(answer);
  return {
    '@context': ['http://www.w3.org/ns/csvw', { '@language': 'en' }],
    url,
    'dc:title': localised({ de: `Antwort ${answer.queryId}`, en: `Answer ${answer.queryId}` }),
    'dc:description': answer.sentences.flatMap(localised),
    'dc:date': answer.answered,
    'dc:identifier': `urn:uuid:${answer.queryId}`,
    'dc:source': answer.holders
      .filter(({ status }) => status === 'answered')
      .map(({ name, dataset, asOf }) => `${name}: ${dataset}${asOf === undefined ? '' : ` (${asOf})`}`),
    notes: [`${TOTAL_CODE} is the total over a dimension.`, ...(answer.synthetic ? ['SYNTHETIC'] : [])],
    dialect: { header: true, encoding: 'utf-8', delimiter: ',', lineTerminators: ['\r\n'] },
    tableSchema: {
      columns: columns.map(columnDescription),
      primaryKey: answer.dimensions.map(({ name }) => name),
    },
  };
}

const columnDescription = ({ name, title, datatype }: Column) => ({
  name,
  titles: name,
  'dc:description': localised(title),
  datatype,
});

const localised = (text: Text) => [
  { '@value': text.de, '@language': 'de' },
  { '@value': text.en, '@language': 'en' },
];
