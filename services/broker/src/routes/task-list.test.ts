/** A task list by hand is the JSON that the interface describes. */
import { TaskList } from '@revier/schema';
import { expect, it } from 'vitest';
import { taskListPieces } from './task-list.ts';

it.each([0, 1, 3])('%i tasks with their queries read as what they are', (count) => {
  const tasks = Array.from({ length: count }, (_, at) => ({ task: `aa.b${at}.c-_`, query: `dd.e${at}.f-_` }));
  const pieces = taskListPieces(tasks.map(({ task, query }) => ({ task, query: Buffer.from(query) })));
  const text = Buffer.concat(pieces).toString('utf8');
  expect(TaskList.parse(JSON.parse(text))).toEqual({ tasks });
  expect(text).toBe(JSON.stringify({ tasks }));
});

it('the text of the query is the very one that was given, and no copy', () => {
  const query = Buffer.from('dd.e.f');
  expect(taskListPieces([{ task: 'aa.b.c', query }])).toContain(query);
});
