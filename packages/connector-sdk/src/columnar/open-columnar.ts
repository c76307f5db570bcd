/** The reading room: a data source over one imported file, read-only, locked down, stopped in time. */
import { BIGINT, type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { RawTable, SourceTable } from '@revier/core';
import { AppError } from '@revier/schema';
import { z } from 'zod';
import type { DataSource, DataSourceOptions } from '../data-source.ts';
import { stopSignal, untilClosed } from '../data-source-life.ts';
import { type CompiledStatement, type CompiledTable, compileTable } from '../sql/compile-table.ts';
import { exactFigure } from '../sql/exact-figure.ts';
import type { Lookup } from '../sql/lookups.ts';
import { type NumberColumns, toRawTable } from '../sql/raw-table.ts';
import { type EngineLimits, interruptible } from './engine.ts';
import { STORE_FORMAT } from './finish-import.ts';
import { fileIdentity, type OpenFile, openFile } from './open-files.ts';
import { dataFile, type StorePlace } from './store-files.ts';

/** A data source that stays on one epoch, so that `epoch` and answers always belong together; a swap does not touch it. */
export interface ColumnarSource extends DataSource {
  readonly epoch: string;
  readonly rows: number;
  /** False once another import was swapped in (or the file is gone): open again to read the new data. */
  isCurrent(): Promise<boolean>;
}

const CHUNK = 2048;
const About = z.tuple([
  z.tuple([z.literal(STORE_FORMAT)]),
  z.tuple([z.string().regex(/^[0-9a-f]{16}$/)]),
  z.tuple([z.bigint().transform(Number)]),
]);

/** What DuckDB says can hold SQL and values: only the kind of the error passes. */
function withoutWords(cause: unknown): Error {
  if (cause instanceof DOMException || cause instanceof AppError) return cause;
  const kind = cause instanceof Error ? /^([A-Z][A-Za-z ]{0,40} Error):/.exec(cause.message)?.[1] : undefined;
  return new AppError('INTERNAL', { detail: `The data could not be read (${kind ?? 'unknown cause'}).` });
}

/** Fills the relation `lookup` of this connection, a temporary table that goes with it. */
async function handOver(connection: DuckDBConnection, lookups: readonly Lookup[]): Promise<void> {
  await connection.run('create temp table lookup (slot integer, stored varchar, number bigint)');
  const appender = await connection.createAppender('lookup', 'main', 'temp');
  const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR, BIGINT]);
  for (const { slot, stored, numbers } of lookups) {
    for (let from = 0; from < stored.length; from += CHUNK) {
      const codes = stored.slice(from, from + CHUNK);
      chunk.reset();
      chunk.setColumns([codes.map(() => slot), codes, numbers.slice(from, from + CHUNK).map(BigInt)]);
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
}

/** Reads columns, never row objects. */
async function read(connection: DuckDBConnection, statement: CompiledStatement): Promise<NumberColumns> {
  const result = await connection.run(statement.sql);
  const columns = await result.getColumns();
  // An answer without rows comes without columns.
  return Array.from({ length: result.columnCount }, (_, index) => Float64Array.from(columns[index] ?? [], exactFigure));
}

async function answer(connection: DuckDBConnection, table: SourceTable, compiled: CompiledTable): Promise<RawTable> {
  await handOver(connection, compiled.lookups);
  const measures: NumberColumns[] = [];
  for (const statement of compiled.measures) measures.push(await read(connection, statement));
  const atoms = compiled.atoms === null ? null : await read(connection, compiled.atoms);
  return toRawTable(table, measures, atoms);
}

async function aggregate(file: OpenFile, table: SourceTable, options: DataSourceOptions): Promise<RawTable> {
  const compiled = compileTable(table, { view: 'approved' });
  const connection = await file.instance.connect();
  try {
    return await interruptible(connection, stopSignal(options), () => answer(connection, table, compiled));
  } catch (cause) {
    throw withoutWords(cause);
  } finally {
    connection.closeSync();
  }
}

async function readAbout(file: OpenFile): Promise<{ epoch: string; rows: number }> {
  const connection = await file.instance.connect();
  try {
    const result = await connection.run('select format, epoch, "rows" from about');
    const [, [epoch], [rows]] = About.parse(await result.getColumns());
    return { epoch, rows };
  } finally {
    connection.closeSync();
  }
}

function sourceOver(file: OpenFile, path: string, about: { epoch: string; rows: number }): ColumnarSource {
  return {
    ...about,
    ...untilClosed((table, options) => aggregate(file, table, options), file.release),
    isCurrent: () =>
      fileIdentity(path).then(
        (identity) => identity === file.identity,
        () => false,
      ),
  };
}

/**
 * Opens what `importColumns` stored. Opening the same file again shares one DuckDB instance, with the limits of the
 * first. Rejects with AppError `DATA_UNREADABLE` where the file is missing, damaged or of another layout.
 */
export async function openColumnar(options: StorePlace & EngineLimits): Promise<ColumnarSource> {
  const path = dataFile(options);
  let file: OpenFile | undefined;
  try {
    file = await openFile(options, options);
    return sourceOver(file, path, await readAbout(file));
  } catch {
    // The engine's own message names the path, so it is not passed on.
    await file?.release();
    throw new AppError('DATA_UNREADABLE');
  }
}
