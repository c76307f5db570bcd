/** An export read as a whole: what verifying has found, the entries, and what stands beside them. */
import type { LogFinding, ReadLog } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { LogEntry } from '@revier/schema';
import type { Context } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { full } from './verify.ts';

export interface ReadLogFile {
  readonly finding: LogFinding;
  readonly log: ReadLog | null;
  /** None of a log that was tampered with. */
  readonly entries: readonly LogEntry[];
}

/** @throws UsageError also for entries, soundly signed, that this program does not know how to read */
export async function readLogFile(context: Context, file: string): Promise<ReadLogFile> {
  const texts: string[] = [];
  const { finding, log } = await full(context, [file], (_, entry) => void texts.push(entry));
  const entries = finding.verdict === 'tampered' ? [] : texts.map((text, at) => entryOf(text, file, at));
  return { finding, log, entries };
}

function entryOf(text: string, file: string, at: number): LogEntry {
  const entry = LogEntry.safeParse(jsonOf(text));
  if (!entry.success) throw new UsageError(`Entry ${at} of ${file} is of a kind that this program does not know.`);
  return entry.data;
}

/** A snapshot counts only under its own hash. */
export function contentOf({ log }: ReadLogFile, hash: string): unknown {
  const value = jsonOf(log?.snapshots.get(hash) ?? '');
  return value !== undefined && contentHash(value) === hash ? value : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
