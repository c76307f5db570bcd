/** The bytes of a task list: a query that goes to a thousand holders is laid out once, not written as JSON for each of them. */
import type { DepartingTask } from '../use-cases/take-tasks.ts';

const end = Buffer.from('"}');
const close = Buffer.from(']}');

/** JSON of a TaskList. Compact JWS have no characters that JSON would escape. */
export const taskListBytes = (tasks: readonly DepartingTask[]): Buffer =>
  Buffer.concat([
    Buffer.from('{"tasks":['),
    ...tasks.flatMap(({ task, query }, at) => [
      Buffer.from(`${at === 0 ? '' : ','}{"task":"${task}","query":"`),
      query,
      end,
    ]),
    close,
  ]);
