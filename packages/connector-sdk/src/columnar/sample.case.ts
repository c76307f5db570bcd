/** A small dataset for tests of the store: stays of persons, two dimensions, a weight and a measure with gaps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceTable } from '@revier/core';
import type { DataModel } from '@revier/schema';
import type { Columns } from './columns.ts';
import type { ImportRequest } from './import-columns.ts';

const title = { de: 'Probe', en: 'Sample' };

export const sampleModel: DataModel = {
  kind: 'data-model',
  id: 'stay/1',
  title,
  record: 'stayId',
  person: 'personId',
  variables: [
    { role: 'identifier', name: 'stayId', title },
    { role: 'identifier', name: 'personId', title },
    { role: 'dimension', name: 'area', title, codeList: null },
    { role: 'dimension', name: 'sex', title, codeList: null },
    { role: 'weight', name: 'beds', title, min: 0, max: 10 },
    { role: 'measure', name: 'score', title, scale: 0, min: -100, max: 100 },
  ],
  units: { stays: { kind: 'records', title } },
};

export const sampleGrain = {
  area: { stored: new Set(['05911', '05913']) },
  sex: { stored: new Set(['M', 'W']) },
};

/** `count` good records from number `from` on. */
export function sampleBatch(count: number, from = 1): Columns {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  return {
    stayId: numbers.map((number) => `s${number}`),
    personId: numbers.map((number) => `p${Math.floor(number / 2)}`),
    area: numbers.map((number) => (number % 3 === 0 ? '05911' : '05913')),
    sex: numbers.map((number) => (number % 2 === 0 ? 'M' : 'W')),
    beds: numbers.map((number) => number % 10),
    score: numbers.map((number) => (number % 5 === 0 ? null : number % 100)),
  };
}

export const place = (folder: string) => ({ folder, name: 'stays' });

export const importRequest = (folder: string, ...batches: Columns[]): ImportRequest => ({
  ...place(folder),
  model: sampleModel,
  grain: sampleGrain,
  batches,
  recordKey: (id) => id.length,
});

export const limits = { memoryLimitMb: 128, threads: 1 };

export const countAll: SourceTable = {
  person: 'personId',
  dimensions: [],
  margins: false,
  measures: [{ kind: 'count', identifier: null, where: [] }],
};

/** A folder that is gone when the test is. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-store-'));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
