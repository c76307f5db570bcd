/** An exported log read line by line: what is in it, its tree computed anew, nothing believed that it says of itself. */
import { emptyFrontier, type Frontier, grow, headOf, leafHash, sameHash, type TreeHash } from '@revier/core';
import { ExportLine } from '@revier/schema';
import { parseCheckpoint } from '../notes/checkpoint.ts';
import { parseNote } from '../notes/note.ts';

export interface ReadLog {
  readonly origin: string;
  readonly participant: string;
  readonly realm: string;
  /** As the export says of itself. */
  readonly claimed: number;
  /** Hash of each leaf, 32 bytes one after another. */
  readonly leaves: Buffer;
  readonly entries: number;
  /** Notes of the own log, as exported. */
  readonly checkpoints: readonly string[];
  /** Notes of other logs that its owner has seen. */
  readonly seen: readonly string[];
  /** By content hash; unverified. */
  readonly snapshots: ReadonlyMap<string, string>;
}

export interface ReadOptions {
  /** Called for every entry, in order. */
  readonly onEntry?: (index: number, entry: string) => void;
}

/** What is wrong with the lines themselves. */
export class ExportFault extends Error {
  override readonly name = 'ExportFault';
}

const LEAF = 32;

/** @throws ExportFault for lines that are none, or entries that do not stand one after another from 0 on */
export async function readExport(lines: AsyncIterable<string>, { onEntry }: ReadOptions = {}): Promise<ReadLog> {
  let head: Extract<ExportLine, { kind: 'log' }> | undefined;
  let leaves = Buffer.alloc(LEAF * 1024);
  let entries = 0;
  const [checkpoints, seen, snapshots]: [string[], string[], Map<string, string>] = [[], [], new Map()];
  for await (const text of lines) {
    if (text === '') continue;
    const line = lineOf(text);
    if (line.kind === 'log') head = line;
    else if (line.kind === 'entry') {
      if (line.index !== entries) throw new ExportFault(`Entry ${entries} is missing or out of its place.`);
      if (leaves.length < (entries + 1) * LEAF) leaves = Buffer.concat([leaves, Buffer.alloc(leaves.length)]);
      leaves.set(leafHash(Buffer.from(line.entry)), entries * LEAF);
      onEntry?.(entries, line.entry);
      entries += 1;
    } else if (line.kind === 'checkpoint') checkpoints.push(line.note);
    else if (line.kind === 'seen') seen.push(line.note);
    else snapshots.set(line.hash, line.content);
  }
  if (head === undefined) throw new ExportFault('The export does not say whose log it is.');
  const { origin, participant, realm, size: claimed } = head;
  return { origin, participant, realm, claimed, leaves, entries, checkpoints, seen, snapshots };
}

/** Entries are a million where the rest is a hundred: they get by without a schema's walk. */
function lineOf(text: string): ExportLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ExportFault('A line is not JSON.', { cause });
  }
  const line = ExportLine.safeParse(json);
  if (!line.success) throw new ExportFault('A line is none of an exported log.');
  return line.data;
}

/** Heads of the first `size` entries, for every size asked for, in one pass. */
export function headsAt({ leaves, entries }: ReadLog, sizes: readonly number[]): ReadonlyMap<number, TreeHash> {
  const wanted = new Set(sizes);
  const heads = new Map<number, TreeHash>();
  let edge: Frontier = emptyFrontier;
  if (wanted.has(0)) heads.set(0, headOf(edge));
  for (let at = 0; at < entries; at += 1) {
    edge = grow(edge, leaves.subarray(at * LEAF, (at + 1) * LEAF)).frontier;
    if (wanted.has(edge.size)) heads.set(edge.size, headOf(edge));
  }
  return heads;
}

export const isHeadOf = (heads: ReadonlyMap<number, TreeHash>, size: number, hash: TreeHash): boolean => {
  const found = heads.get(size);
  return found !== undefined && sameHash(found, hash);
};

export const checkpointIn = (whole: string) => parseCheckpoint(parseNote(whole).text);
