/** A task list in pieces: a query that goes to a thousand holders is laid out once, not written or copied for each of them. */
import type { DepartingTask } from '../use-cases/take-tasks.ts';

/** JSON of a TaskList. Compact JWS have no characters that JSON would escape. */
export const taskListPieces = (tasks: readonly DepartingTask[]): readonly Uint8Array[] => [
  ...tasks.flatMap(({ task, query }, at) => [
    Buffer.from(`${at === 0 ? '{"tasks":[' : '"},'}{"task":"${task}","query":"`),
    query,
  ]),
  Buffer.from(tasks.length === 0 ? '{"tasks":[]}' : '"}]}'),
];
