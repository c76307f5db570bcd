/** Four clinics answer together over their own processes' ways: one noised total, the same for everybody who asks, and more of it than each for itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, loadProfile, type Profile } from '@revier/cli';
import { SUM_VARIANCE } from '@revier/core';
import type { Answer } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreeRegisters } from './agree-registers.ts';
import { folders } from './folders.ts';
import { foundFederation } from './found-federation.ts';
import { type Federation, raiseFederation } from './raise-federation.ts';
import { clinicsFederation, patients, patientsByAge } from './testing/clinics.case.ts';

const PERSONS = 30_000;
const say = (): void => undefined;

interface Raised {
  readonly folder: string;
  readonly federation: Federation;
  readonly profile: Profile;
}

async function raise(mode: 'F' | 'L'): Promise<Raised> {
  const folder = await mkdtemp(join(tmpdir(), `revier-together-${mode}-`));
  const spec = clinicsFederation(PERSONS, mode);
  const from = new Date();
  await foundFederation({ spec, folder, options: { persons: PERSONS }, now: from, lang: 'en', say });
  const logger = createLogger({ name: 'laptop', level: process.env.LOG_LEVEL === undefined ? 'silent' : 'info' });
  const federation = await raiseFederation({ spec, folder, port: 0, logger, portTaken: say });
  await agreeRegisters({ spec, folder, url: federation.url, from });
  const place = folders(folder).user;
  const profile = await loadProfile({ file: join(place, 'profile.json'), cwd: place, home: place });
  return { folder, federation, profile: { ...profile, broker: federation.url } };
}

const raised = new Map<'F' | 'L', Raised>();
beforeAll(async () => {
  raised.set('F', await raise('F'));
  raised.set('L', await raise('L'));
}, 180_000);
afterAll(async () => {
  for (const { folder, federation } of raised.values()) {
    await federation.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function answered(mode: 'F' | 'L', question = patients): Promise<Answer> {
  const faults: string[] = [];
  const profile = raised.get(mode)?.profile;
  if (profile === undefined) throw new Error('not raised');
  const answer = await ask(profile, question, { deadlineSeconds: 60, onWarning: (fault) => faults.push(fault) });
  expect(faults).toEqual([]);
  return answer;
}

const shown = ({ cells }: Answer): number[] =>
  cells.flatMap(({ measures: { patients: cell } }) => (cell?.status === 'value' ? [cell.value] : []));

describe('clinics that answer together', () => {
  it('give one noised total over all four, which whoever asked can open again', async () => {
    const answer = await answered('F');
    expect(answer.state).toBe('complete');
    expect(answer.holders.map(({ status, mode }) => `${status} ${mode}`)).toEqual(Array(4).fill('answered F'));
    expect(answer.secureSum).toMatchObject({ minCellSize: 10, error: { variance: SUM_VARIANCE, max: null } });
    expect(answer.secureSum?.members).toHaveLength(4);
    expect(shown(answer).length).toBeGreaterThan(0);
    expect(shown(answer).every((value) => Number.isInteger(value) && value >= 10)).toBe(true);
  });

  it('give the same figures to whoever asks again, and open nothing twice', async () => {
    const [one, two] = [await answered('F'), await answered('F')];
    expect(one.cells).toEqual(two.cells);
    expect(one.queryId).not.toBe(two.queryId);
    expect(one.secureSum).toEqual(two.secureSum);
  });

  it('withhold much less of small figures than each for itself: a cell needs ten at all four, not at every one', async () => {
    const [together, apart] = [await answered('F', patientsByAge), await answered('L', patientsByAge)];
    expect(together.cells).toHaveLength(apart.cells.length);
    const [least, most] = [shown(apart).length, shown(together).length];
    expect(most).toBeGreaterThan(least * 1.5);
  });

  it('cannot be asked for what parts them, nor for records instead of persons', async () => {
    const parted = { ...patients, by: [{ variable: 'indication' }] };
    await expect(answered('F', parted)).rejects.toMatchObject({ code: 'HOLDERS_PARTED' });
    const episodes = { ...patients, aggregates: { patients: { model: 'rehab-episode/1', count: 'episodes' } } };
    await expect(answered('F', episodes)).rejects.toMatchObject({ code: 'AGGREGATE_UNFIT' });
  });
});
