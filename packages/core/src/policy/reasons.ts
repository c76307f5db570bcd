/** Reasons of a denial: a code, the place, and what the reader can do about it. */
import type { Reason, RefusalCode } from '@revier/schema';

const hints: Partial<Record<RefusalCode, string>> = {
  PURPOSE: 'The agreement is for another purpose; a query must name the agreed one or a more specific one.',
  PURPOSE_UNKNOWN: 'Name a code of the pinned purpose tree; prohibited ones cannot be asked for.',
  SECTOR: 'This purpose is not for organisations of this sector.',
  RECIPIENT: 'The agreement is for people of another role.',
  LEGAL_BASIS: 'The register rests on another legal basis or ethics vote than was agreed.',
  TABLE_NOT_AGREED: 'This table is not among those agreed; ask for an agreed one or for an amendment.',
  VARIABLE_NOT_AGREED: 'A measure, a grouping or a condition was not agreed.',
  GRAIN_TOO_FINE: 'Ask at a coarser level of area, time or age.',
  NOT_IN_FORCE: 'The agreement is not in force at this time.',
  SUSPENDED: 'The agreement is suspended; ask the data holder.',
  REVOKED: 'The agreement has been revoked.',
  NOT_AGREED: 'This agreement is not in force between these parties for this register and dataset.',
  APPROVAL: 'An approval is missing: each role by another person, over this version, not by its author.',
  BUDGET: 'The budget of this agreement does not suffice for the query.',
  QUOTA: 'As many queries as agreed have been answered.',
  DUTY: 'A duty of the agreement is overdue; fulfil it first.',
  MIN_NODES: 'Fewer holders than agreed would answer together.',
  VERSION_DIFFERS: 'The agreement was made over other versions of models, code lists or lookups.',
  WRONG_REALM: 'Test and production never mix.',
  PROHIBITED: 'A prohibition of the agreement applies, or cannot be excluded.',
  FLOOR: "The holder's own minimum rules do not allow this.",
  POLICY_INVALID: 'The stored agreement is not a valid policy of this profile.',
};

export const reason = (code: RefusalCode, pointer: string): Reason => ({
  code,
  pointer: pointer.slice(0, 300),
  hint: hints[code] ?? '',
});
