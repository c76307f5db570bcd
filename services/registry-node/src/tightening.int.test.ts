/** An amendment in the midst of a question: one that takes something away cancels it at once, any other lets it come to its end. */
import { openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChanges } from './changes.ts';
import { concluded, nextVersion, openCase, receiptOf } from './testing/accounts-at-work.case.ts';
import { openRefusal } from './testing/open-refusal.case.ts';
import { answerTask } from './use-cases/answer-task.ts';
import { endWithAgreements } from './use-cases/end-under-way.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords({ memory: true });
});
afterAll(() => records?.close());

/** Asked under version 1, and in the archive when `amend` is called. */
async function inTheArchive() {
  const one = await openCase(records, (agreement) => agreement);
  const { small, house } = one;
  const changes = createChanges();
  endWithAgreements({ ...house, agreements: one.agreements, accounts: one.accounts, changes }, house.logger);
  const [reading, goOn] = [Promise.withResolvers<AbortSignal>(), Promise.withResolvers<void>()];
  const answer = small.source.answer;
  small.source.answer = async (table, signal) => {
    if (signal === undefined) throw new Error('a statement that nobody can cancel');
    reading.resolve(signal);
    await Promise.race([goOn.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    signal.throwIfAborted();
    return answer(table, signal);
  };
  const task = small.task(await small.ask());
  const done = answerTask(await small.sign(task), house, new AbortController().signal);
  const signal = await reading.promise;
  return {
    ...{ one, task, done, signal, goOn },
    amend: async (tightening: boolean) =>
      concluded(
        one,
        await nextVersion(one, (agreement) => ({
          ...agreement,
          ...(tightening ? { 'rv:tightening': true as const } : {}),
        })),
        changes.emit,
      ),
  };
}

describe('an amendment in the midst of a question', () => {
  it('that tightens cancels the statement at once, and refuses', async () => {
    const { one, task, done, signal, amend } = await inTheArchive();
    await amend(true);
    await done;
    expect(signal.aborted).toBe(true);
    expect(await openRefusal(one.small, await receiptOf(one, task.taskId))).toEqual(['REVOKED']);
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
  });

  it('that takes nothing away lets it be answered', async () => {
    const { one, task, done, signal, goOn, amend } = await inTheArchive();
    const next = await amend(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(signal.aborted).toBe(false);
    goOn.resolve();
    await done;
    expect(await one.house.book.decisions(1)).toMatchObject([{ decision: 'released' }]);
    expect((await one.agreements.standing(next.hash))?.life.status).toBe('ACTIVE');
    expect(task.attempt).toBe(1);
  });
});
