/** A node whose floor chooses cell keys: every figure carries noise that follows from the records, the same whoever asks and whenever. */
import { cellStatuses, type ReleaseBody, TOTAL } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, rateQuestion, startFederation } from './testing/federation.case.ts';

const K = 5;
const D = 5;

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation({ method: 'cell-key', groupMax: 1 });
});
afterAll(() => federation?.close());

async function count() {
  const asked = await federation.ask(countQuestion);
  return federation.released(await federation.give('registry', asked));
}

/** By `area sex`, totals as `*`; null where withheld. */
function figuresOf(body: ReleaseBody): Map<string, number | null> {
  const [counts] = body.measures;
  if (counts?.kind !== 'count') throw new Error('expected a count');
  const codesOf = (cell: number): string =>
    body.keys.map((column) => (column[cell] === TOTAL ? '*' : String(column[cell]))).join(' ');
  return new Map(
    Array.from(counts.status, (status, cell) => {
      expect(['value', 'withheld']).toContain(cellStatuses[status]);
      return [codesOf(cell), cellStatuses[status] === 'value' ? (counts.value[cell] ?? Number.NaN) : null] as const;
    }),
  );
}

/** Persons with lung cancer, and those of them who are women, from the very rows that were imported. */
async function exactTotals(): Promise<readonly [all: number, women: number]> {
  const [all, women] = [new Set(), new Set()];
  for await (const batch of federation.ruhr.holders[0]?.imported.batches ?? [])
    batch.site?.forEach((site, row) => {
      if (site !== 'C33' && site !== 'C34') return;
      all.add(batch.personId?.[row]);
      if (batch.sex?.[row] === 'F') women.add(batch.personId?.[row]);
    });
  return [all.size, women.size];
}

describe('counts', () => {
  it('leave with noise, and the signed header says which', async () => {
    const { header, body } = await count();
    expect(header).toMatchObject({ mode: 'L', minCellSize: K, perturbation: { D, V: 3, js: 2 } });
    const figures = figuresOf(body);
    const [all, women] = await exactTotals();
    const bySex = [...figures].filter(([codes]) => /^\* \d+$/.test(codes)).map(([, figure]) => figure ?? 0);
    expect(Math.abs((figures.get('* *') ?? 0) - all)).toBeLessThanOrEqual(D);
    expect(bySex).toHaveLength(2);
    expect(Math.min(...bySex.map((figure) => Math.abs(figure - women)))).toBeLessThanOrEqual(D);
    expect([figures.get('* *'), ...bySex]).not.toEqual([all, women, all - women]);
    const shown = [...figures.values()].filter((figure) => figure !== null);
    expect(shown.length).toBeGreaterThan(6);
    expect(Math.min(...shown)).toBeGreaterThanOrEqual(K);
  });

  it('are equal to the byte when asked again, and after the node has lost its answers (A1)', async () => {
    const first = await count();
    expect((await count()).bytes).toEqual(first.bytes);
    const options = { ...federation.nodeOptions('registry'), schema: 'node_registry_anew' };
    await federation.nodes.get('registry')?.close();
    federation.nodes.set('registry', await startNode(options));
    expect((await count()).bytes).toEqual(first.bytes);
  });
});

it('leaves open figures exact and without a word of noise, and rates as they were', async () => {
  const asked = await federation.ask(rateQuestion);
  const evidence = await federation.populations(asked);
  expect(evidence).toHaveLength(3);
  for (const jws of evidence) {
    const header: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
    expect(header).toMatchObject({ mode: 'O' });
    expect(header).not.toHaveProperty('perturbation');
  }
  const rate = await federation.released(await federation.give('registry', asked, { stage: 1, evidence }));
  expect(rate.body.measures.map(({ kind }) => kind)).toEqual(['direct-rate']);
  expect([...(rate.body.measures[0]?.status ?? [])]).toContain(cellStatuses.indexOf('value'));
});

it('does not start on a floor whose noise cannot be', async () => {
  const { parties } = federation;
  const floor = await parties.holder('registry').signer.sign('revier-floor+jws', {
    ...{ kind: 'floor', holder: parties.holder('registry').id, realm: 'test', minCellSize: 5, publicDatasets: [] },
    ...{ maxDimensions: 5, maxCells: 1000, disclosure: { method: 'cell-key', ptable: { D: 3, V: 1.5, js: 2 } } },
  });
  const start = startNode({ ...federation.nodeOptions('registry'), schema: 'node_senseless', floor });
  await expect(start).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});
