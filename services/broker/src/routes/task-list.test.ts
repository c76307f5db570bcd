/** A task list by hand is the JSON that the interface describes. */
import { TaskList } from '@revier/schema';
import { expect, it } from 'vitest';
import { taskListBytes } from './task-list.ts';

it.each([0, 1, 3])('%i tasks with their queries read as what they are', (count) => {
  const tasks = Array.from({ length: count }, (_, at) => ({ task: `aa.b${at}.c-_`, query: `dd.e${at}.f-_` }));
  const bytes = taskListBytes(tasks.map(({ task, query }) => ({ task, query: Buffer.from(query) })));
  expect(TaskList.parse(JSON.parse(bytes.toString('utf8')))).toEqual({ tasks });
  expect(bytes.toString('utf8')).toBe(JSON.stringify({ tasks }));
});
