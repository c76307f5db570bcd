/** Clinics that answer together over several imports: who joins or objects is not seen in the total, unless they are many. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, loadProfile } from '@revier/cli';
import type { Columns } from '@revier/connector-sdk';
import type { Answer } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreeRegisters } from './agree-registers.ts';
import { folders } from './folders.ts';
import { foundFederation } from './found-federation.ts';
import { type Federation, raiseFederation } from './raise-federation.ts';
import { clinicsFederation, patients } from './testing/clinics.case.ts';
import { importAgain } from './testing/import-again.case.ts';

const PERSONS = 30_000;
const K = 10;
const say = (): void => undefined;
const spec = clinicsFederation(PERSONS);
const logger = createLogger({ name: 'laptop', level: process.env.LOG_LEVEL === undefined ? 'silent' : 'info' });
const clinics = spec.holders.map(({ slug }) => slug);

let folder: string;
let federation: Federation;
const raise = () => raiseFederation({ spec, folder, port: 0, logger, portTaken: say });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-together-again-'));
  const from = new Date();
  await foundFederation({ spec, folder, options: { persons: PERSONS }, now: from, lang: 'en', say });
  federation = await raise();
  await agreeRegisters({ spec, folder, url: federation.url, from });
}, 180_000);
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

async function answered(): Promise<Answer> {
  const place = folders(folder).user;
  const profile = await loadProfile({ file: join(place, 'profile.json'), cwd: place, home: place });
  const faults: string[] = [];
  const options = { deadlineSeconds: 60, onWarning: (fault: string) => faults.push(fault) };
  const answer = await ask({ ...profile, broker: federation.url }, patients, options);
  expect([answer.state, faults]).toEqual(['complete', []]);
  return answer;
}

/** Down, imported at every clinic, since a part that was opened is confirmed for as long as its epoch lasts, and up again. */
async function again(changes: (clinic: number) => (rows: Columns) => Columns): Promise<readonly string[]> {
  await federation.close();
  const epochs: string[] = [];
  for (const [at, slug] of clinics.entries()) epochs.push(await importAgain(spec, folder, slug, changes(at)));
  federation = await raise();
  return epochs;
}

/** In every cell of the question so many further patients, like its first one. */
const withMore =
  (many: number) =>
  (rows: Columns): Columns => {
    const models = new Map<string, number>();
    rows.year?.forEach((year, row) => {
      const cell = `${year} ${rows.sex?.[row]}`;
      if (!models.has(cell)) models.set(cell, row);
    });
    const copies = [...models.values()].flatMap((row) => Array.from({ length: many }, (_, i) => ({ row, i })));
    return Object.fromEntries(
      Object.entries(rows).map(([name, values]) => {
        const isId = name === 'personId' || name === 'episodeId';
        return [
          name,
          [...values, ...copies.map(({ row, i }) => (isId ? `further-${row}-${i}` : (values[row] ?? null)))],
        ];
      }),
    );
  };

/** The first patient of every cell objects. */
const withoutOne = (rows: Columns): Columns => {
  const seen = new Set<string>();
  const usable = (rows.year ?? []).map((year, row) => {
    const cell = `${year} ${rows.sex?.[row]}`;
    const isFirst = !seen.has(cell);
    seen.add(cell);
    return isFirst ? 'no' : 'yes';
  });
  return { ...rows, usable };
};

const figures = ({ cells }: Answer): (number | null)[] =>
  cells.map(({ measures: { patients: cell } }) => (cell?.status === 'value' ? cell.value : null));

describe('a total over data epochs', () => {
  it('stays to the unit in every cell while one joins or objects at each clinic, and is drawn anew where many join at one', async () => {
    const before = figures(await answered());
    expect(before.filter((figure) => figure !== null).length).toBeGreaterThan(5);

    const joined = await again(() => withMore(1));
    expect(figures(await answered())).toEqual(before);

    const objected = await again(() => withoutOne);
    expect(figures(await answered())).toEqual(before);

    const many = await again((clinic) => withMore(clinic === 0 ? 6 * K : 2));
    // Sixty more in each cell: two of the others are not seen, and two shares of the noise of one clinic are a few persons.
    figures(await answered()).forEach((figure, cell) => {
      expect(Math.abs((figure ?? 0) - (before[cell] ?? 0) - 6 * K)).toBeLessThan(25);
    });
    expect(new Set([...joined, ...objected, ...many]).size).toBe(3 * clinics.length);
  }, 180_000);
});
