/** Part e: from nothing to the first answer on a laptop, again from what is there, and one node as a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders, ruhrFederation } from '@revier/laptop';
import { migrateNode } from '@revier/registry-node';
import { openRecords } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { median } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';
import { type Watched, watch } from './watched-process.ts';

const AIM = { firstAnswerMs: 3000, nodeMb: 250 };

export async function measureStart({ quick, say }: Bench): Promise<Row[]> {
  const rounds = Array.from({ length: quick ? 1 : 3 });
  const first: Watched[] = [];
  const second: Watched[] = [];
  const embedded: Watched[] = [];
  const served: Watched[] = [];
  const empty: Watched[] = [];
  for (const [round] of rounds.entries()) {
    say(`e  start ${round + 1} of ${rounds.length}`);
    const folder = await mkdtemp(join(tmpdir(), 'revier-bench-'));
    try {
      first.push(await laptop(folder));
      second.push(await laptop(folder));
      embedded.push(await node(folder));
      const onServer = await nodeOnServer(folder);
      if (onServer !== undefined) served.push(onServer);
      empty.push(await watch({ script: 'bench/src/start/nothing.ts', says: 'nothing' }));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return [
    ...rowsOf('laptop, first start', first, 'to the answer', AIM.firstAnswerMs),
    ...rowsOf('laptop, second start', second, 'to the answer'),
    ...rowsOf('one node, embedded records', embedded, 'to its door', undefined, AIM.nodeMb),
    ...rowsOf('one node, records on a server', served, 'to its door', undefined, AIM.nodeMb),
    ...rowsOf('Node alone', empty, 'to its first word'),
  ];
}

function rowsOf(what: string, runs: readonly Watched[], until: string, aimMs?: number, aimMb?: number): Row[] {
  if (runs.length === 0) return [];
  const of = (pick: (run: Watched) => number): number => median(runs.map(pick));
  const time: Row = { part: 'e', what: `${what}, ${until}`, value: of(({ saidAfter }) => saidAfter), unit: 'ms' };
  const peak: Row = { part: 'e', what: `${what}, peak memory`, value: of(({ peakMb }) => peakMb), unit: 'MB' };
  return [
    { ...time, ...(aimMs === undefined ? {} : { aim: aimMs }) },
    { ...peak, ...(aimMb === undefined ? {} : { aim: aimMb }) },
  ];
}

/** As `npm start` and the guides start what has embedded records. */
const EMBEDDED = ['--liftoff-only'];

/** Its port is taken from the machine: several may run. */
const laptop = (folder: string): Promise<Watched> =>
  watch({
    script: 'apps/laptop/src/main.ts',
    flags: EMBEDDED,
    args: ['--once', '--json', '--port', '0', '--folder', folder],
    says: '"questionHash"',
  });

const spec = ruhrFederation(undefined);

/** The first holder of the federation that was raised in the folder. */
const slug = (): string => spec.holders[0]?.slug ?? '';
const nodeFolder = (folder: string): string => folders(join(folder, spec.name)).node(slug());

const node = (folder: string, databaseUrl?: string): Promise<Watched> =>
  watch({
    script: 'services/registry-node/src/main.ts',
    flags: databaseUrl === undefined ? EMBEDDED : [],
    env: {
      REVIER_FOLDER: nodeFolder(folder),
      LOG_LEVEL: 'info',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    },
    says: 'the node is up',
    stop: true,
  });

async function nodeOnServer(folder: string): Promise<Watched | undefined> {
  const server = await startPostgres();
  if (server === undefined) return undefined;
  try {
    const records = await openRecords({ databaseUrl: server.url, onError: () => {} });
    await migrateNode(records, `node_${slug().replaceAll(/[^a-z0-9]/g, '_')}`);
    await records.close();
    return await node(folder, server.url);
  } finally {
    await server.stop();
  }
}
