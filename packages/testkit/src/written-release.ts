/** A release of figures that a test has written: what a holder signs that keeps to no rule of disclosure control. */
import { discloseOpen, type PlanTask, prepareTable, type Release, type Vocabulary } from '@revier/core';
import { cellStatuses, type ReleaseBody, type ReleaseColumns } from '@revier/schema';

/** The cells that a holder may speak of, in the order of a release; margins left out. */
export function cellsOf(task: PlanTask, vocabulary: Vocabulary): number[][] {
  const { domain } = prepareTable({ ...task, table: { ...task.table, coverage: [] } }, vocabulary, null);
  return domain.reduce<number[][]>(
    (cells, codes) => cells.flatMap((cell) => codes.map((code) => [...cell, code])),
    [[]],
  );
}

/** @param figureOf by place of measure and cell; undefined is withheld */
export function writtenRelease(
  { table, tableHash }: PlanTask,
  cells: readonly (readonly number[])[],
  figureOf: (measure: number, cell: readonly number[]) => number | undefined,
): Release {
  const body: ReleaseBody = {
    format: 'revier-release/1',
    table: tableHash,
    keys: table.by.map((_, at) => Uint32Array.from(cells, (cell) => cell[at] ?? 0)),
    measures: table.measures.map(({ kind }, at) =>
      columnsOf(
        kind,
        cells.map((cell) => figureOf(at, cell)),
      ),
    ),
  };
  // Only disclosure control makes a release; this one says other things than it was made of.
  return Object.defineProperty(emptyRelease(), 'body', { value: body });
}

function columnsOf(kind: ReleaseColumns['kind'], figures: readonly (number | undefined)[]): ReleaseColumns {
  const status = Uint8Array.from(figures, (figure) =>
    cellStatuses.indexOf(figure === undefined ? 'withheld' : 'value'),
  );
  const value = Float64Array.from(figures, (figure) => figure ?? Number.NaN);
  if (kind !== 'direct-rate') return { kind, status, value };
  const events = new Uint8Array(figures.length).fill(NO_CLASS);
  return {
    kind,
    status,
    rate: value,
    lower: value.map((rate) => rate - 2),
    upper: value.map((rate) => rate + 2),
    events,
  };
}

const NO_CLASS = 0xff;

const emptyRelease = (): Release =>
  discloseOpen({
    table: { model: '', by: [], margins: false, coverage: [], measures: [] },
    tableHash: '',
    domain: [],
    raw: { measures: [], atoms: null },
    rates: new Map(),
  });
