/** Imports: columns stream in, are checked record by record, and take the place of the old data at once or not at all. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError, type DataModel } from '@revier/schema';
import { throwIfStopped } from '../data-source-life.ts';
import type { Columns, Grain, RejectedRecord } from './columns.ts';
import { dropImpossible, type ImpossibleCodes } from './drop-impossible.ts';
import { type EngineLimits, interruptible, startWriter } from './engine.ts';
import { dropRepeated, fingerprint, storeAbout, storeRecords } from './finish-import.ts';
import { type ImportPlan, planImport } from './plan-import.ts';
import { openStaging } from './staging.ts';
import { replaceDataFile, type StorePlace } from './store-files.ts';

export interface ImportProgress {
  /** Records read so far, and how many of them were left out. */
  readonly read: number;
  readonly rejected: number;
}

export interface ImportRequest extends StorePlace {
  readonly model: DataModel;
  readonly grain: Grain;
  /** As the description of the dataset names them: such records are left out. */
  readonly impossible?: readonly ImpossibleCodes[];
  readonly batches: Iterable<Columns> | AsyncIterable<Columns>;
  /** Key of a record, an unsigned 32-bit number (disclosure.md 1.2); not called for aggregated data. */
  readonly recordKey: (recordId: string) => number;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
  /** Defaults: 512 MB, 2 threads. */
  readonly limits?: EngineLimits;
}

export interface ImportOutcome {
  /** Fingerprint of the content, 16 hex digits: the same rows in any order have the same epoch. */
  readonly epoch: string;
  /** Records stored, usable or not. */
  readonly rows: number;
  /** The first records that were left out, at most 1,000, by row. */
  readonly rejected: readonly RejectedRecord[];
  readonly rejectedTotal: number;
}

const MAX_LISTED = 1000;
const DEFAULT_LIMITS: EngineLimits = { memoryLimitMb: 512, threads: 2 };

interface Tally {
  readonly list: RejectedRecord[];
  total: number;
}

async function readBatches(connection: DuckDBConnection, plan: ImportPlan, request: ImportRequest): Promise<Tally> {
  const tally: Tally = { list: [], total: 0 };
  const staging = await openStaging(connection, plan, request.recordKey);
  let read = 0;
  try {
    for await (const batch of request.batches) {
      throwIfStopped(request.signal);
      read += staging.add(batch, (rejected) => {
        tally.total += 1;
        if (tally.list.length < MAX_LISTED) tally.list.push(rejected);
      });
      request.onProgress?.({ read, rejected: tally.total });
    }
  } finally {
    staging.close();
  }
  return tally;
}

/** Data of which nothing fits are of another model: better the old data than none. */
function refuseIfNothingFits(rows: number, tally: Tally): void {
  if (rows > 0 || tally.total === 0) return;
  throw new AppError('IMPORT_UNFIT', {
    detail: 'No record fits the data model and the grain.',
    errors: tally.list.map(({ row, variable, reason }) => ({ pointer: `/${row}/${variable}`, detail: reason })),
  });
}

async function fill(connection: DuckDBConnection, plan: ImportPlan, request: ImportRequest): Promise<ImportOutcome> {
  const tally = await readBatches(connection, plan, request);
  return interruptible(connection, request.signal, async () => {
    const repeated = await dropRepeated(connection, plan, MAX_LISTED);
    tally.total += repeated.total;
    tally.list.push(...repeated.first);
    const barred = await dropImpossible(connection, plan, request.impossible ?? [], MAX_LISTED);
    tally.total += barred.total;
    tally.list.push(...barred.first);
    tally.list.sort((one, other) => one.row - other.row);
    await storeRecords(connection, plan);
    const about = await fingerprint(connection, plan);
    refuseIfNothingFits(about.rows, tally);
    await storeAbout(connection, about);
    return { ...about, rejected: tally.list.slice(0, MAX_LISTED), rejectedTotal: tally.total };
  });
}

/**
 * Imports a dataset as the new content of its data file. A bad record is reported and left out; a batch that does not
 * have the model's columns (AppError `IMPORT_UNFIT`), an abort (`AbortError`) or any other failure leaves the old data in use.
 */
export async function importColumns(request: ImportRequest): Promise<ImportOutcome> {
  const plan = planImport(request.model, request.grain);
  return replaceDataFile(request, async ({ draft, spill }) => {
    const instance = await startWriter(draft, spill, request.limits ?? DEFAULT_LIMITS);
    try {
      const connection = await instance.connect();
      try {
        return await fill(connection, plan, request);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  });
}
