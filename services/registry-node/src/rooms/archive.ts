/** The archive: the granted table is read from the approved view, within its time, two at once; nobody but the sieve sees the figures. */
import type { RawTable, SourceTable } from '@revier/core';
import { type Observer, trailOf } from '../observer.ts';
import type { PolicyQuestion } from './checkpoints.ts';
import { type Granted, type GrantedFacts, openGranted } from './guard.ts';
import type { Limiter } from './limiter.ts';

export interface ArchiveDeps {
  /** Milliseconds for one table. */
  readonly timeoutMs: number;
  readonly limiter: Limiter;
  readonly observer: Pick<Observer, 'step'>;
  /** Asked right before the statement. @throws Refusal */
  readonly confirm: (question: PolicyQuestion) => Promise<void>;
}

/** Exact figures. Only the archive makes them, and only the sieve opens them. */
class ExactTable {
  readonly #granted: GrantedFacts;
  readonly #raw: RawTable;

  constructor(granted: GrantedFacts, raw: RawTable) {
    this.#granted = granted;
    this.#raw = raw;
  }

  static open(table: ExactTable): { readonly granted: GrantedFacts; readonly raw: RawTable } {
    return { granted: table.#granted, raw: table.#raw };
  }
}

export type { ExactTable };

/** For the sieve, and the room that decides what it may show; a test holds this. */
export const openExactTable = ExactTable.open;

/** Rejects when the statement fails, takes too long or is stopped by `signal`. */
export async function read(
  granted: Granted,
  { timeoutMs, limiter, observer, confirm }: ArchiveDeps,
  signal: AbortSignal,
): Promise<ExactTable> {
  const facts = openGranted(granted);
  const aggregate = () => facts.held.source.aggregate(facts.prepared.source, { timeoutMs, signal });
  const raw = await limiter(async () => {
    await confirm(facts.question);
    return observer.step('sql', trailOf(facts.task), aggregate);
  }, signal);
  return new ExactTable(facts, raw);
}

/** What has to be known beside a table that was read, so that it can be protected together with others. Nothing of it is disclosed. */
export async function readBeside(
  exact: ExactTable,
  sources: readonly SourceTable[],
  { timeoutMs, limiter, observer, confirm }: ArchiveDeps,
  signal: AbortSignal,
): Promise<readonly RawTable[]> {
  const { granted } = ExactTable.open(exact);
  const read: RawTable[] = [];
  for (const source of sources) {
    const aggregate = () => granted.held.source.aggregate(source, { timeoutMs, signal });
    read.push(
      await limiter(async () => {
        await confirm(granted.question);
        return observer.step('sql', trailOf(granted.task), aggregate);
      }, signal),
    );
  }
  return read;
}
