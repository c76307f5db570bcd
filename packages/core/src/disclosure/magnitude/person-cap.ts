/** The cap of records per person: nobody weighs more in a table than the budget and the rules assume. */

export interface CappedRecord {
  readonly person: string;
  readonly record: string;
  /** Record key; what the choice follows, since it depends on neither values nor order. */
  readonly key: number;
}

/**
 * The records that stay when each person keeps at most `cap` (disclosure.md 1.7, 2.3): those with the lowest keys, equal keys by record
 * identifier. The same records are kept in whichever order they come, in every table and epoch in which they stand.
 * @throws RangeError unless the cap is a whole number from 1.
 */
export function withinCap<R extends CappedRecord>(records: readonly R[], cap: number): readonly R[] {
  if (!Number.isInteger(cap) || cap < 1) throw new RangeError('The cap is a whole number from 1.');
  const kept = new Set<R>();
  for (const own of Map.groupBy(records, ({ person }) => person).values()) {
    const first = own.length <= cap ? own : own.toSorted(byKey).slice(0, cap);
    for (const record of first) kept.add(record);
  }
  return records.filter((record) => kept.has(record));
}

const byKey = (a: CappedRecord, b: CappedRecord): number => a.key - b.key || (a.record < b.record ? -1 : 1);
