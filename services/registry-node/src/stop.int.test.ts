/** A stop: one person stops the node whatever else is broken, and neither the deletion of the file nor a new process starts it again. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from './node-options.ts';
import { postAdmin as post } from './testing/at-admin.case.ts';
import { countQuestion, type Federation, until } from './testing/federation.case.ts';
import { type Registry, startRegistry, statusOf } from './testing/registry.case.ts';

let registry: Registry;
let federation: Federation;
beforeAll(async () => {
  registry = await startRegistry();
  ({ federation } = registry);
});
afterEach(() => registry.down());
afterAll(() => registry?.close());

const stopped = (node: RunningNode) =>
  until(
    async () => ((await statusOf(node)).stop === null ? undefined : true),
    () => 'still running',
  );

describe('a stop', () => {
  it('by the admin port holds over the deletion of the file and over a new process', async () => {
    const options = registry.fresh();
    const node = await registry.up(options);
    const { json } = await post(node, '/v1/stop', { reason: 'odd queries', by: 'Olga Amt' });
    expect(json).toMatchObject({ state: 'stopped' });
    expect(await readFile(options.stopFile ?? '', 'utf8')).toContain('odd queries');
    await rm(options.stopFile ?? '');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await statusOf(node)).state).toBe('stopped');
    await node.close();
    const again = await registry.up(options);
    expect(await statusOf(again)).toMatchObject({
      state: 'stopped',
      stop: { cause: 'command', reason: 'odd queries' },
    });
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
  });

  it('by the file holds, too, and keeps its words; who stopped is told nowhere but in what can be erased', async () => {
    const options = registry.fresh();
    const node = await registry.up(options);
    const before = Date.now();
    await writeFile(options.stopFile ?? '', JSON.stringify({ reason: 'by hand', by: 'Olga Amt' }));
    await stopped(node);
    expect(Date.now() - before).toBeLessThan(1000);
    expect(await statusOf(node)).toMatchObject({ stop: { cause: 'file', reason: 'by hand' } });
    expect(JSON.stringify(await (await fetch(`${node.adminUrl}/v1/decisions`)).json())).not.toContain('Olga');
    await rm(options.stopFile ?? '');
    await node.close();
    expect((await statusOf(await registry.up(options))).state).toBe('stopped');
  });

  it('works with the broker away', async () => {
    const options = registry.fresh({
      broker: { ...federation.nodeOptions('registry').broker, url: 'http://127.0.0.1:1' },
    });
    const node = await registry.up(options);
    expect((await post(node, '/v1/stop')).status).toBe(200);
    expect((await statusOf(node)).state).toBe('stopped');
  });

  it('works with the records out of order: nothing leaves, and the file stops the next process', async () => {
    const options = registry.fresh();
    const node = await registry.up(options);
    await node.published();
    const table = sql.table(`${options.schema}.stop`);
    await sql`alter table ${table} rename to put_aside`.execute(federation.records.db());
    expect((await post(node, '/v1/stop')).status).toBe(500);
    expect((await statusOf(node)).state).toBe('stopped');
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
    await node.close();
    const aside = sql.table(`${options.schema}.put_aside`);
    await sql`alter table ${aside} rename to stop`.execute(federation.records.db());
    expect(await statusOf(await registry.up(options))).toMatchObject({ state: 'stopped', stop: { cause: 'file' } });
  });

  it('tells the broker of a task under way: refused, signed, STOPPED', async () => {
    const { datasets, ...rest } = registry.fresh();
    const reading = Promise.withResolvers<void>();
    const slow = datasets.map(({ description }) => ({
      description,
      source: {
        aggregate: (_table: unknown, { signal }: { signal?: AbortSignal }) => {
          reading.resolve();
          return new Promise<never>((_resolve, reject) =>
            signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError'))),
          );
        },
        close: async () => undefined,
      },
    }));
    const node = await registry.up({ ...rest, datasets: slow });
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await reading.promise;
    expect((await post(node, '/v1/stop')).status).toBe(200);
    expect(await federation.refused(taskId)).toEqual(['STOPPED']);
  });
});
