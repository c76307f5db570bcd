/** Where a broker can be told to crash by a test, in the order of a query's way. */
export const crashLabels = [
  /** The query is in the records, nobody has been told. */
  'after-query-row',
  /** Its job is in the queue, the person has no word yet. */
  'after-reminder',
  /** A task counts as delivered, its node has not got it. */
  'after-task-delivery',
  /** A node's word is in the records, not acknowledged, and what follows from it not begun. */
  'after-receipt-stored',
  'after-release-stored',
  'before-merge',
  /** The answer is there, nobody has been woken. */
  'after-answer-written',
] as const;
export type CrashLabel = (typeof crashLabels)[number];
