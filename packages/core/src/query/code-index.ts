/** Code lists made quick to ask: numbers of codes, atoms below a code, ancestors above it. */
import { AppError, type CodeEntry, type CodeList, type Text } from '@revier/schema';

export interface CodeIndex {
  readonly list: CodeList;
  /** Codes of a level in list order; the place is the code's number on the wire. */
  codesAt(level: string): readonly CodeEntry[];
  has(code: string): boolean;
  /** Codes of the finest level at or below a code, in list order. */
  atomsOf(code: string): readonly string[];
  /** The code of a level that contains this code, or undefined where the level is finer or the code stands apart. */
  ancestorAt(code: string, level: string): string | undefined;
  /** Whether `level` is the same as `grain` or coarser. */
  isCoarser(level: string, grain: string): boolean;
}

/** @throws AppError INVALID_REQUEST when codes repeat, a parent is missing or does not stand one level up. */
export function indexCodeList(list: CodeList): CodeIndex {
  const entries = checkedEntries(list);
  const atoms = atomsByCode(list, entries);
  const levels = new Map(list.levels.map((level) => [level, list.codes.filter((entry) => entry.level === level)]));
  const ancestorAt = (code: string, level: string): string | undefined => {
    for (
      let entry = entries.get(code);
      entry !== undefined;
      entry = entry.parent === undefined ? undefined : entries.get(entry.parent)
    )
      if (entry.level === level) return entry.code;
    return undefined;
  };
  return {
    list,
    codesAt: (level) => levels.get(level) ?? [],
    has: (code) => entries.has(code),
    atomsOf: (code) => atoms.get(code) ?? [],
    ancestorAt,
    isCoarser: (level, grain) =>
      list.levels.includes(grain) && list.levels.indexOf(level) >= list.levels.indexOf(grain),
  };
}

function checkedEntries(list: CodeList): ReadonlyMap<string, CodeEntry> {
  const entries = new Map(list.codes.map((entry) => [entry.code, entry]));
  if (entries.size !== list.codes.length || new Set(list.levels).size !== list.levels.length) throw unsound(list);
  for (const { level, parent } of list.codes) {
    const rank = list.levels.indexOf(level);
    if (rank < 0) throw unsound(list);
    if (parent !== undefined && entries.get(parent)?.level !== list.levels[rank + 1]) throw unsound(list);
  }
  return entries;
}

const unsound = (list: CodeList): AppError =>
  new AppError('INVALID_REQUEST', { detail: `The code list ${list.id} is no hierarchy of unique codes.` });

function atomsByCode(list: CodeList, entries: ReadonlyMap<string, CodeEntry>): ReadonlyMap<string, string[]> {
  const atoms = new Map<string, string[]>(list.codes.map((entry) => [entry.code, []]));
  for (const atom of list.codes.filter((entry) => entry.level === list.levels[0]))
    for (
      let entry: CodeEntry | undefined = atom;
      entry !== undefined;
      entry = entry.parent === undefined ? undefined : entries.get(entry.parent)
    )
      atoms.get(entry.code)?.push(atom.code);
  return atoms;
}

/** A code's label, or the code itself in both languages. */
export const labelOf = (entry: { readonly code: string; readonly label?: Text | undefined }): Text =>
  entry.label ?? { de: entry.code, en: entry.code };
