/** An outbox in a folder, one file a message: durable and slow, for tests of whatever uses the port. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactJws } from '@revier/schema';
import { z } from 'zod';
import type { OutboxStore } from './outbox.case.ts';
import type { Outbox, OutboxItem } from './outbox.ts';

const message = { id: z.string(), taskId: z.string() };
const Stored = z.discriminatedUnion('kind', [
  z.strictObject({ ...message, kind: z.literal('receipt'), receipt: CompactJws }),
  z.strictObject({
    ...message,
    kind: z.literal('release'),
    header: CompactJws,
    body: z.string().transform((text) => Uint8Array.from(Buffer.from(text, 'base64'))),
  }),
]);

/** Files are called by place in the order and hash of the id. */
const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');

export async function openFolderOutbox(folder: string): Promise<Outbox> {
  const files = async () => (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  let next = Number((await files()).at(-1)?.slice(0, 10) ?? 0) + 1;
  const known = new Set((await files()).map((file) => file.slice(11, -5)));
  return {
    async put(item) {
      const hash = hashOf(item.id);
      if (known.has(hash)) return;
      known.add(hash);
      const file = join(folder, `${String(next++).padStart(10, '0')}-${hash}`);
      await writeFile(file, textOf(item), { flush: true });
      await rename(file, `${file}.json`);
    },
    async *pending() {
      for (const file of await files()) yield Stored.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    },
    async done(id) {
      for (const file of await files()) if (file.endsWith(`${hashOf(id)}.json`)) await rm(join(folder, file));
    },
  };
}

const textOf = (item: OutboxItem): string =>
  JSON.stringify(item.kind === 'release' ? { ...item, body: Buffer.from(item.body).toString('base64') } : item);

export async function folderStore(): Promise<OutboxStore> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-outbox-'));
  return { open: () => openFolderOutbox(folder), remove: () => rm(folder, { recursive: true }) };
}
