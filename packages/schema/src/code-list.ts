/** Code lists: the dictionaries of dimensions, with their hierarchy; the place of a code in its level is its integer on the wire. */
import { z } from 'zod';
import { Code, Name, Text, VersionedName } from './ids.ts';

export const CodeEntry = z.strictObject({
  code: Code,
  level: Name,
  /** The code of the next coarser level that contains this one. */
  parent: Code.optional(),
  label: Text.optional(),
});
export type CodeEntry = z.infer<typeof CodeEntry>;

/** Levels run from the finest to the coarsest; codes are unique over all levels. */
export const CodeList = z.strictObject({
  kind: z.literal('code-list'),
  id: VersionedName,
  title: Text,
  levels: z.array(Name).min(1).max(8),
  codes: z.array(CodeEntry).min(1).max(50_000),
  /** Where boundaries or codes come from, with licence, when they are not our own. */
  source: z.string().max(500).optional(),
});
export type CodeList = z.infer<typeof CodeList>;
