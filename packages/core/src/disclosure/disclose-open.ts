/** Mode O: exact figures of a dataset that its holder has declared public. */
import { AppError, type ReleaseColumns, type TableMeasure } from '@revier/schema';
import type { RawMeasure } from '../query/source-table.ts';
import { type CellGrid, cellGrid } from './cell-grid.ts';
import { bodyOf, statusByte, valueColumns } from './columns.ts';
import type { DisclosureInput } from './disclosure-input.ts';
import { rawOf } from './raw-measures.ts';
import { Release } from './release.ts';

/**
 * Every cell of the table with its exact figure: 0 is `zero`; a figure that was not collected, or a sum of a cell without any
 * record, is `notCollected`, never 0. A count of a cell without a record is 0.
 * @throws AppError AGGREGATE_UNFIT for a directly standardised rate: open figures are standardised by whoever receives them.
 */
export function discloseOpen(input: DisclosureInput): Release {
  const grid = cellGrid(input.domain, input.table.margins);
  const measures = input.table.measures.map((measure, i) => openColumns(measure, rawOf(input.raw, i), grid));
  return Release.open(bodyOf(input, grid, measures));
}

function openColumns(measure: TableMeasure, raw: RawMeasure, grid: CellGrid): ReleaseColumns {
  if (measure.kind === 'count' && raw.kind === 'count') return openCounts(raw, grid);
  if (measure.kind === 'sum' && raw.kind === 'sum') return openSums(raw, grid);
  throw new AppError('AGGREGATE_UNFIT', { detail: 'Open data gives counts and sums, from which rates are computed.' });
}

function openCounts(raw: Extract<RawMeasure, { kind: 'count' }>, grid: CellGrid): ReleaseColumns {
  const columns = valueColumns('count', grid.size, 'zero');
  columns.value.fill(0);
  raw.value.forEach((value, i) => {
    const cell = grid.indexOf(raw.keys, i);
    columns.value[cell] = value;
    columns.status[cell] = statusByte(value === 0 ? 'zero' : 'value');
  });
  return columns;
}

function openSums(raw: Extract<RawMeasure, { kind: 'sum' }>, grid: CellGrid): ReleaseColumns {
  const columns = valueColumns('sum', grid.size, 'notCollected');
  raw.value.forEach((value, i) => {
    if (raw.missing[i] !== 0) return;
    const cell = grid.indexOf(raw.keys, i);
    columns.value[cell] = value;
    columns.status[cell] = statusByte(value === 0 ? 'zero' : 'value');
  });
  return columns;
}
