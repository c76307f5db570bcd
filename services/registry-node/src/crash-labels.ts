/** Where a node can be told to crash by a test, in the order of a task's way. */
export const crashLabels = [
  'after-task-taken',
  /** It is known that nobody has answered this submission yet. */
  'after-replay-check',
  'after-sql',
  /** The release is made, nothing is signed or entered. */
  'before-ledger',
  /** Everything is entered, nothing has left. */
  'after-ledger',
  /** The broker has the release, the outbox does not know. */
  'after-release-sent',
] as const;
export type CrashLabel = (typeof crashLabels)[number];
