/** The reference of R cellKey on the way that a node goes: records on disk, SQL, noise; every cell by condition, and all in one table. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CellKeyRules, cellKeyRulesOf, discloseLocal, type SourceFilter } from '@revier/core';
import { cellStatuses, type DataModel, TOTAL } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { columnarOver } from './given.case.ts';

const shared = process.env.REVIER_SHARED_DATA ?? join(import.meta.dirname, '../../../../../shared/data');
const path = join(shared, 'privacy-vectors/cellkey/federated_counts_D5V3js2.json');
if (!existsSync(path)) console.warn('Skipped: reference cells. The reference data are absent; set REVIER_SHARED_DATA.');

const Cell = z.object({ sex: z.string(), icd: z.string() });
const Reference = z.object({
  microdata: z.array(Cell.extend({ id: z.int(), rkey: z.number() })),
  federated: z.array(Cell.extend({ uwc: z.int(), puwc: z.int() })),
});

const title = { de: 'Probe', en: 'Sample' };
const model: DataModel = {
  kind: 'data-model',
  id: 'reference/1',
  title,
  record: 'id',
  person: 'person',
  variables: [
    { role: 'identifier', name: 'id', title },
    { role: 'identifier', name: 'person', title },
    { role: 'dimension', name: 'sex', title, codeList: null },
    { role: 'dimension', name: 'icd', title, codeList: null },
  ],
  units: { persons: { kind: 'distinct', identifier: 'person', title } },
};

describe.skipIf(!existsSync(path))('the reference cells', () => {
  const setUp = async () => {
    const { microdata, federated } = Reference.parse(JSON.parse(readFileSync(path, 'utf8')));
    const codes = {
      sex: [...new Set(microdata.map(({ sex }) => sex))].sort(),
      icd: [...new Set(microdata.map(({ icd }) => icd))].sort(),
    };
    const keys = new Map(microdata.map(({ id, rkey }) => [String(id), Math.round(rkey * 2 ** 32) % 2 ** 32]));
    const rows = microdata.map(({ id, sex, icd }) => ({
      usable: true,
      values: { id: String(id), person: `p${id}`, sex, icd },
    }));
    const source = await columnarOver({ model, codes, rows, recordKey: (id) => keys.get(id) ?? 0 });
    return { federated, codes, source };
  };
  const rules = cellKeyRulesOf({ disclosure: { method: 'cell-key', groupMax: 1 } });
  if (rules === null) throw new Error('expected rules');
  const protection = { personCap: rules.personCap, topContributions: 2 };

  it('are the published ones, each asked for by conditions', async () => {
    const { federated, source } = await setUp();
    for (const { sex, icd, puwc } of federated) {
      const where: SourceFilter[] = [
        ...(sex === 'Total' ? [] : [{ variable: 'sex', stored: [sex] }]),
        ...(icd === 'Total' ? [] : [{ variable: 'icd', stored: [icd] }]),
      ];
      const measure = { kind: 'count', identifier: 'person', where } as const;
      const raw = await source.aggregate(
        { person: 'person', dimensions: [], margins: false, measures: [measure], protection },
        { timeoutMs: 60_000 },
      );
      const { body } = discloseLocal(
        { ...tableOf([]), domain: [], raw, rates: new Map() },
        { minCellSize: 1, cellKeys: rules },
        noiseKey,
      );
      const [figures] = body.measures;
      expect(figures?.kind === 'count' ? figures.value[0] : undefined).toBe(puwc === 0 ? Number.NaN : puwc);
    }
    await source.close();
  });

  it('are the published ones wherever one table with totals shows them', async () => {
    const { federated, codes, source } = await setUp();
    const dimensions = (['sex', 'icd'] as const).map((variable) => ({
      variable,
      pairs: codes[variable].map((code, number) => [code, number] as const),
    }));
    const measure = { kind: 'count', identifier: 'person', where: [] } as const;
    const raw = await source.aggregate(
      { person: 'person', dimensions, margins: true, measures: [measure], protection },
      { timeoutMs: 60_000 },
    );
    const lax: CellKeyRules = { ...rules, groupMax: 1 };
    const { body } = discloseLocal(
      {
        ...tableOf(['sex', 'icd']),
        domain: dimensions.map(({ pairs }) => pairs.map(([, number]) => number)),
        raw,
        rates: new Map(),
      },
      { minCellSize: 1, cellKeys: lax },
      noiseKey,
    );
    const [figures] = body.measures;
    if (figures?.kind !== 'count') throw new Error('expected a count');
    const place = (sex: string, icd: string): number => {
      const wanted = [codes.sex.indexOf(sex), codes.icd.indexOf(icd)].map((code) => (code < 0 ? TOTAL : code));
      return figures.value.findIndex((_, cell) => body.keys.every((column, d) => column[cell] === wanted[d]));
    };
    let shown = 0;
    for (const { sex, icd, puwc } of federated) {
      const cell = place(sex, icd);
      if (cellStatuses[figures.status[cell] ?? -1] !== 'value') continue;
      expect(figures.value[cell]).toBe(puwc);
      shown += 1;
    }
    expect(shown).toBeGreaterThan(10);
    await source.close();
  });
});

const noiseKey = new Uint8Array(32).fill(1);

const tableOf = (by: readonly string[]) => ({
  table: {
    model: 'reference/1',
    by: by.map((variable) => ({ variable, level: 'code' })),
    margins: by.length > 0,
    coverage: [],
    measures: [{ kind: 'count' as const, unit: 'persons', where: [] }],
  },
  tableHash: `sha256:${'0'.repeat(64)}` as const,
});
