/** Doors to what is large: an engine is loaded by whoever works with it, and by nobody else. */

type Door<F extends (...given: never[]) => unknown> = (...given: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

/** @see ./columnar/open-columnar.ts */
export const openColumnar: Door<typeof import('./columnar/open-columnar.ts').openColumnar> = async (...given) =>
  (await import('./columnar/open-columnar.ts')).openColumnar(...given);

/** @see ./columnar/import-columns.ts */
export const importColumns: Door<typeof import('./columnar/import-columns.ts').importColumns> = async (...given) =>
  (await import('./columnar/import-columns.ts')).importColumns(...given);

/** @see ./postgres/open-postgres.ts */
export const openPostgres: Door<typeof import('./postgres/open-postgres.ts').openPostgres> = async (...given) =>
  (await import('./postgres/open-postgres.ts')).openPostgres(...given);

/** @see ./postgres/fill-record-keys.ts */
export const fillRecordKeys: Door<typeof import('./postgres/fill-record-keys.ts').fillRecordKeys> = async (...given) =>
  (await import('./postgres/fill-record-keys.ts')).fillRecordKeys(...given);

/** @see ./sql/compile-table.ts */
export const compileTable: Door<typeof import('./sql/compile-table.ts').compileTable> = async (...given) =>
  (await import('./sql/compile-table.ts')).compileTable(...given);
