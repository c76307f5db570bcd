/** The contract of the book: each end of a task is entered once, with all that belongs to it or nothing, and what has not left can be kept back. */
import { randomUUID } from 'node:crypto';
import { contentHash } from '@revier/core';
import { describe, expect, it } from 'vitest';
import type { AuditEntry, RefusalRecord, ReleaseRecord, TaskIdentity } from '../ports.ts';
import { openGranted } from '../rooms/guard.ts';
import { isSealedAnswer, openSealedAnswer } from '../rooms/sieve.ts';
import type { OpenHouse } from './at-work.case.ts';
import { grantedIn, sealing } from './sealed.case.ts';

const signed = (name: string) => `${name}.${name}.${name}`;

const entryOf = (decision: AuditEntry['decision'], task: string, codes: readonly string[] = []): AuditEntry => ({
  ...{ decision, codes, facts: { task }, person: null },
});

async function all<T>(of: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of of) found.push(one);
  return found;
}

async function openBook(open: OpenHouse) {
  const { small, house, outgoing } = await open();
  const { book, history } = house;
  const granted = await grantedIn(small, house);
  const { identity, key, question } = openGranted(granted);
  const make = await sealing(small, house, granted);
  const answer = make();
  return {
    ...{ small, house, book, history, key, make, identity },
    body: openSealedAnswer(answer),
    /** Another task, of another submission unless it says otherwise. */
    another(change: Partial<TaskIdentity> = {}): TaskIdentity {
      const taskId = randomUUID();
      const [own, submissionId] = [contentHash({ taskId }), contentHash({ by: taskId })];
      return { ...identity, taskId, identity: own, submissionId, ...change };
    },
    release: (task: TaskIdentity = identity, change: Partial<ReleaseRecord> = {}) =>
      book.release({
        ...{ task, key, covered: null, answer, receipt: signed('accepted'), header: signed('released') },
        asked: { ...question.asked, submission: task.submissionId },
        audit: () => entryOf('released', task.taskId),
        ...change,
      }),
    refusal: (task: TaskIdentity, isKnown = true, code = 'PURPOSE'): RefusalRecord => ({
      ...{ task: isKnown ? task : null, taskId: task.taskId, receipt: signed('refused') },
      audit: entryOf('refused', task.taskId, [code]),
    }),
    /** Epochs of what another table would be held against. */
    async heldAgainst(): Promise<string[]> {
      let epochs: string[] = [];
      await history.answer({ ...key, table: contentHash({}) }, (past) => {
        epochs = past.map(({ epoch }) => epoch);
        return answer;
      });
      return epochs;
    },
    items: () => all(outgoing.pending()),
    waiting: async () => (await all(outgoing.pending())).map(({ id }) => id),
    async leave(): Promise<void> {
      for await (const { id } of outgoing.pending()) await outgoing.done(id);
    },
    /** Ends of tasks, newest first. */
    async ends() {
      const entries = await book.decisions(100);
      return entries.filter(({ decision }) => ['released', 'refused', 'assessed'].includes(decision));
    },
  };
}

export function describeBook(open: OpenHouse): void {
  const opened = () => openBook(open);
  describe('a release', () => describeReleases(opened));
  describe('coverage', () => describeCoverage(opened));
  describe('a refusal', () => describeRefusals(opened));
  describe('messages', () => describeMessages(opened));
}

type Opened = () => ReturnType<typeof openBook>;

function describeReleases(opened: Opened): void {
  it('is entered once, with its answer and its messages', async () => {
    const { book, identity, release, ends, items, key, body, small } = await opened();
    expect(await book.earlier(identity)).toBe('new');
    expect(await release()).toBe('recorded');
    expect(await book.earlier({ ...identity, attempt: 2 })).toBe('repeated');
    expect(await release()).toBe('repeated');
    const { taskId } = identity;
    const at = new Date(small.now).toISOString();
    expect(await ends()).toEqual([{ at, decision: 'released', codes: [], facts: { task: taskId } }]);
    expect((await book.kept(key))?.hash).toBe(body.hash);
    const leaving = await items();
    expect(leaving.map(({ id, taskId: of, kind }) => [id, of, kind])).toEqual([
      [`${taskId}:receipt`, taskId, 'receipt'],
      [`${taskId}:release`, taskId, 'release'],
    ]);
    const [receipt, header] = leaving;
    expect(receipt).toMatchObject({ receipt: signed('accepted') });
    expect(header).toMatchObject({ header: signed('released') });
    expect(header?.kind === 'release' && Buffer.from(body.bytes).equals(header.body)).toBe(true);
  });

  it('is replayed under the id of another task, and under another id for the same submission', async () => {
    const { book, identity, another, release, ends } = await opened();
    await release();
    const { submissionId, taskId } = identity;
    const others = [another({ taskId }), another({ submissionId })];
    for (const other of others) {
      expect(await book.earlier(other)).toBe('replayed');
      expect(await release(other)).toBe('replayed');
    }
    expect(await book.earlier(another({ submissionId, stage: 1 }))).toBe('new');
    expect(await book.earlier(another({ submissionId, dataset: 'urn:revier:dataset:other' }))).toBe('new');
    expect(await ends()).toHaveLength(1);
  });

  it('is one for two tasks of one submission at the same time, and for one task that comes twice', async () => {
    const { identity, another, release, ends } = await opened();
    const { submissionId } = identity;
    const both = await Promise.all([release(another({ submissionId })), release(another({ submissionId }))]);
    expect(both.toSorted()).toEqual(['recorded', 'replayed']);
    const task = another();
    expect((await Promise.all([release(task), release(task)])).toSorted()).toEqual(['recorded', 'repeated']);
    expect(await ends()).toHaveLength(2);
  });

  it('is decided a last time from what is known by then, and leaves nothing where that refuses', async () => {
    const { book, small, identity, another, key, release, ends, waiting } = await opened();
    const refused = release(identity, {
      audit: (policy) => {
        throw new Error(`${policy?.stored.hash === small.agreement.hash} ${policy?.charged} ${policy?.life.status}`);
      },
    });
    await expect(refused).rejects.toThrow('true 2 ACTIVE');
    expect(await book.earlier(identity)).toBe('new');
    expect(await book.kept(key)).toBeUndefined();
    expect([await ends(), await waiting()]).toEqual([[], []]);
    let seen: unknown = null;
    const audit: ReleaseRecord['audit'] = (policy) => {
      seen = policy;
      return entryOf('released', 'of nobody');
    };
    const { submissionId: submission, dataset } = identity;
    const asked = { agreement: contentHash({}), submission, dataset, now: small.now, windows: [] };
    expect(await release(another(), { asked, audit })).toBe('recorded');
    expect(seen).toBeUndefined();
  });

  it('leaves the answer that was kept first as it was', async () => {
    const { book, small, house, history, key, make, release, heldAgainst, body } = await opened();
    await history.answer(key, make);
    small.source.answer = async () => {
      const [keys, people] = [[Uint32Array.of(0, 1)], Float64Array.of(60, 3)];
      const atoms = { keys, signature: Uint32Array.of(1, 1), records: people, persons: people };
      return { measures: [{ kind: 'count', keys, value: people, persons: people }], atoms };
    };
    const answer = (await sealing(small, house))();
    expect(openSealedAnswer(answer).hash).not.toBe(body.hash);
    expect(await release(undefined, { answer })).toBe('recorded');
    expect((await book.kept(key))?.hash).toBe(body.hash);
    expect(await heldAgainst()).toEqual([key.epoch]);
    // It is held against, so it does not stay as a whole.
    expect(isSealedAnswer(await history.answer({ ...key, epoch: 'later' }, make))).toBe(true);
  });

  it('keeps what the history has not kept before, with nothing that later answers are held against', async () => {
    const { book, release, heldAgainst, key, body } = await opened();
    await release();
    expect((await book.kept(key))?.hash).toBe(body.hash);
    expect(await heldAgainst()).toEqual([]);
  });
}

function describeCoverage(opened: Opened): void {
  it('that was answered first stays for its table and epoch', async () => {
    const { book, another, release, key, ends } = await opened();
    const { dataset, epoch, table } = key;
    const [digest, otherwise] = [contentHash({ areas: 1 }), contentHash({ areas: 2 })];
    const covered = { dataset, epoch, table, digest };
    expect(await book.covered(covered)).toBeUndefined();
    const first = another();
    for (const task of [first, another()]) expect(await release(task, { covered })).toBe('recorded');
    expect(await book.covered({ dataset, epoch, table })).toBe(digest);
    expect(await release(first, { covered: { ...covered, digest: otherwise } })).toBe('repeated');
    const late = another();
    expect(await release(late, { covered: { ...covered, digest: otherwise } })).toBe('coverage-changed');
    expect(await book.earlier(late)).toBe('new');
    expect(await book.covered({ dataset, epoch, table })).toBe(digest);
    const later = { ...covered, epoch: 'later', digest: otherwise };
    expect(await release(late, { covered: later })).toBe('recorded');
    expect(await book.covered(later)).toBe(otherwise);
    expect(await ends()).toHaveLength(3);
  });
}

function describeRefusals(opened: Opened): void {
  it.each(['refuse', 'assess'] as const)(
    'is remembered of its task, and does not stand for a release: %s',
    async (how) => {
      const { book, another, release, refusal, ends, waiting, leave } = await opened();
      const task = another();
      const record = { ...refusal(task), task };
      await book[how](record);
      expect(await book.earlier(task)).toBe('repeated');
      expect(await book.earlier(another({ taskId: task.taskId }))).toBe('replayed');
      await leave();
      await book[how](record);
      expect(await waiting()).toEqual([`${task.taskId}:receipt`]);
      expect(await ends()).toHaveLength(1);
      const { submissionId } = task;
      const next = another({ submissionId });
      expect(await book.earlier(next)).toBe('new');
      expect(await release(next)).toBe('recorded');
      // Released by now, under another task.
      expect(await book.earlier(task)).toBe('replayed');
    },
  );

  it('of a submission that is not established is entered once for each cause, and nothing is remembered', async () => {
    const { book, another, refusal, release, ends, waiting, leave } = await opened();
    const task = another();
    const ids = (...codes: string[]) => codes.map((code) => `${task.taskId}:${code}`);
    await book.refuse(refusal(task, false));
    await leave();
    await book.refuse(refusal(task, false));
    expect(await waiting()).toEqual(ids('PURPOSE'));
    await book.refuse(refusal(task, false, 'EXPIRED'));
    expect(await waiting()).toEqual(ids('PURPOSE', 'EXPIRED'));
    expect((await ends()).map(({ codes }) => codes)).toEqual([['EXPIRED'], ['PURPOSE']]);
    expect(await book.earlier(task)).toBe('new');
    expect(await release(task)).toBe('recorded');
  });

  it('of what is replayed changes nothing of what is remembered, and is entered once', async () => {
    const { book, identity, another, release, refusal, ends, waiting, leave } = await opened();
    await release();
    await leave();
    const { submissionId, taskId } = identity;
    const [replay, forged] = [another({ submissionId }), another({ taskId })];
    for (const one of [replay, replay, forged]) await book.refuse(refusal(one, true, 'REPLAYED'));
    expect(await waiting()).toEqual([`${replay.taskId}:REPLAYED`, `${taskId}:REPLAYED`]);
    expect((await ends()).map(({ decision }) => decision)).toEqual(['refused', 'refused', 'released']);
    expect(await book.earlier(identity)).toBe('repeated');
    for (const one of [replay, forged]) expect(await book.earlier(one)).toBe('replayed');
  });

  it('of what was released meanwhile is none: its messages leave again', async () => {
    const { book, identity, release, refusal, ends, waiting, leave } = await opened();
    await release();
    await leave();
    await book.refuse(refusal(identity));
    expect(await waiting()).toEqual([`${identity.taskId}:receipt`, `${identity.taskId}:release`]);
    expect((await ends()).map(({ decision }) => decision)).toEqual(['released']);
  });
}

function describeMessages(opened: Opened): void {
  it('of one task leave again, once they have left', async () => {
    const { book, another, refusal, waiting, leave } = await opened();
    const [one, other] = [another(), another()];
    for (const task of [one, other]) await book.refuse(refusal(task));
    await leave();
    expect(await waiting()).toEqual([]);
    await book.sendAgain(one.taskId);
    expect(await waiting()).toEqual([`${one.taskId}:receipt`]);
  });

  it('that have not left never will, once they are dropped; receipts do', async () => {
    const { book, another, release, leave, waiting } = await opened();
    const [left, kept] = [another(), another()];
    await release(left);
    await leave();
    await release(kept);
    const { identity: _, ...dropped } = kept;
    expect(await book.dropPending()).toEqual([dropped]);
    expect(await book.dropPending()).toEqual([]);
    await leave();
    for (const { taskId } of [left, kept]) await book.sendAgain(taskId);
    expect((await waiting()).toSorted()).toEqual(
      [`${left.taskId}:receipt`, `${left.taskId}:release`, `${kept.taskId}:receipt`].toSorted(),
    );
  });

  it('are told by the log newest first, as many as are asked for', async () => {
    const { book, another, refusal } = await opened();
    const [one, other] = [another(), another()];
    for (const task of [one, other]) await book.refuse(refusal(task));
    expect((await book.decisions(2)).map(({ facts }) => facts.task)).toEqual([other.taskId, one.taskId]);
    expect((await book.decisions(1)).map(({ facts }) => facts.task)).toEqual([other.taskId]);
  });
}
