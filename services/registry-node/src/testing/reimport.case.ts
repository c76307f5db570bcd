/** A new data epoch at a running node: its rows imported anew, with some changed, and the node started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Columns, type DataSource, importColumns, openColumnar } from '@revier/connector-sdk';
import { contentHash, recordKeyer } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import { startNode } from '../start-node.ts';
import type { Federation } from './federation.case.ts';
import { NOISE_KEY } from './ruhr.case.ts';

export interface Reimported {
  readonly catalogue: Sha256;
  readonly epoch: string;
}

export interface Reimporting {
  /** @param change of the rows that were imported first */
  again(change: (rows: Columns) => Columns): Promise<Reimported>;
  close(): Promise<void>;
}

export async function reimporting(federation: Federation, slug: string): Promise<Reimporting> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-again-'));
  const sources: DataSource[] = [];
  return {
    async again(change) {
      const holder = federation.ruhr.holders.find((one) => one.slug === slug);
      if (holder === undefined) throw new Error(`nobody is called ${slug}`);
      const name = `${slug}-${sources.length}`;
      const batches: Columns[] = [];
      for await (const rows of holder.imported.batches) batches.push(change(rows));
      const { id } = holder.description;
      const recordKey = recordKeyer(NOISE_KEY, id);
      const { epoch, rejectedTotal } = await importColumns({ ...holder.imported, batches, folder, name, recordKey });
      if (rejectedTotal > 0) throw new Error('records do not fit');
      const source = await openColumnar({ folder, name, memoryLimitMb: 256, threads: 2 });
      sources.push(source);
      await federation.nodes.get(slug)?.close();
      const description = { ...holder.description, epoch };
      const node = await startNode({ ...federation.nodeOptions(slug), datasets: [{ description, source }] });
      federation.nodes.set(slug, node);
      await node.published();
      return { epoch, catalogue: contentHash(federation.broker.catalogue()) };
    },
    async close() {
      for (const source of sources) await source.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
