/** The contract of every outbox: nothing that was put is lost, doubled or out of order, also over a restart. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outbox, OutboxItem, ReceiptMessage, ReleaseMessage } from './outbox.ts';

export interface OutboxStore {
  /** Each call opens the same store anew, as after a restart. */
  open(): Promise<Outbox>;
  remove(): Promise<void>;
}

export const receiptMessage = (id: string, taskId: string = randomUUID()): ReceiptMessage => ({
  id,
  taskId,
  kind: 'receipt',
  receipt: 'aa.bb.cc',
});

export const releaseMessage = (id: string, taskId: string = randomUUID(), size = 3): ReleaseMessage => ({
  id,
  taskId,
  kind: 'release',
  header: 'aa.bb.cc',
  body: Uint8Array.from({ length: size }, (_, i) => (i * 7) % 256),
});

/** A list of what is pending, with bodies as plain bytes, so that equality does not depend on the class of a buffer. */
export async function pendingIn(outbox: Outbox): Promise<OutboxItem[]> {
  const items: OutboxItem[] = [];
  for await (const item of outbox.pending())
    items.push(item.kind === 'release' ? { ...item, body: Uint8Array.from(item.body) } : item);
  return items;
}

const idsIn = async (outbox: Outbox): Promise<string[]> => (await pendingIn(outbox)).map(({ id }) => id);

/** @param createStore makes a new, empty store */
export function testOutbox(name: string, createStore: () => Promise<OutboxStore>): void {
  describe(`the outbox ${name}`, () => {
    let store: OutboxStore;
    let outbox: Outbox;
    beforeEach(async () => {
      store = await createStore();
      outbox = await store.open();
    });
    afterEach(() => store.remove());

    it('is empty at first', async () => {
      expect(await pendingIn(outbox)).toEqual([]);
    });

    it('gives back every message whole', async () => {
      const items = [
        receiptMessage('one'),
        releaseMessage('two', randomUUID(), 100_000),
        releaseMessage('3', randomUUID(), 0),
      ];
      for (const item of items) await outbox.put(item);
      expect(await pendingIn(outbox)).toEqual(items);
    });

    it('keeps the order in which messages were put, whatever they are called', async () => {
      const ids = ['z', 'a', 'm/../x', '10', '9', 'ä ö', 'A'];
      for (const id of ids) await outbox.put(receiptMessage(id));
      expect(await idsIn(outbox)).toEqual(ids);
    });

    it('takes an id once, and keeps what came first', async () => {
      const first = receiptMessage('one');
      await outbox.put(first);
      await outbox.put({ ...first, receipt: 'xx.yy.zz' });
      expect(await pendingIn(outbox)).toEqual([first]);
    });

    it('forgets what is done, once or twice, and what it never had', async () => {
      for (const id of ['one', 'two', 'three']) await outbox.put(receiptMessage(id));
      await outbox.done('two');
      await outbox.done('two');
      await outbox.done('never');
      expect(await idsIn(outbox)).toEqual(['one', 'three']);
    });

    it('lets messages be done while they are read', async () => {
      const ids = Array.from({ length: 25 }, (_, i) => `message ${i}`);
      for (const id of ids) await outbox.put(receiptMessage(id));
      const seen: string[] = [];
      for await (const { id } of outbox.pending()) {
        seen.push(id);
        await outbox.done(id);
      }
      expect(seen).toEqual(ids);
      expect(await idsIn(outbox)).toEqual([]);
    });

    it('still has everything after a restart, and new messages come last', async () => {
      for (const id of ['one', 'two']) await outbox.put(releaseMessage(id));
      await outbox.done('one');
      const again = await store.open();
      await again.put(receiptMessage('a'));
      expect(await idsIn(again)).toEqual(['two', 'a']);
    });

    it('takes many messages at once', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `message ${i}`);
      await Promise.all(ids.map((id) => outbox.put(receiptMessage(id))));
      expect((await idsIn(outbox)).sort()).toEqual([...ids].sort());
    });
  });
}
