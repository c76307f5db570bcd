/** A federation of separate processes that answers together: four clinics, each with planted figures that are found wherever they stand. */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '@revier/cli';
import type { Columns } from '@revier/connector-sdk';
import { agreeRegisters, type FederationSpec, folders, foundFederation, ruhrFederation } from '@revier/laptop';
import type { Answer, QuestionInput } from '@revier/schema';
import { freePort } from '@revier/testkit';
import { copyFolder } from './copy-folder.ts';
import { type EvilBroker, startEvilBroker } from './evil-broker.ts';
import { askVerified } from './federation.ts';
import { isConnected, isReady } from './health.ts';
import { layOut } from './lay-out.ts';
import type { Service } from './service.ts';
import { moved } from './start-federation.ts';
import { until } from './until.ts';

const REGISTER = 'urn:revier:register:rehab-together';
const YEARS = [2016, 2017, 2018, 2019, 2020] as const;
const SEXES = ['F', 'M'] as const;

/** Patients of years from one on: each start makes another table. */
export const patientsSince = (from: number): QuestionInput => ({
  register: REGISTER,
  purpose: 'ehds:EnsureQualitySafetyHealthcare',
  aggregates: {
    patients: { model: 'rehab-episode/1', count: 'persons', where: [{ variable: 'year', from, to: 2020 }] },
  },
  by: [{ variable: 'sex' }, { variable: 'year' }],
});

/** The same of women alone: other tables, whose cells are all among those above. */
export const womenSince = (from: number): QuestionInput => {
  const { aggregates, ...question } = patientsSince(from);
  const where = [
    { variable: 'sex', in: ['F'] },
    { variable: 'year', from, to: 2020 },
  ];
  return { ...question, aggregates: { patients: { model: 'rehab-episode/1', count: 'persons', where } } };
};

/** By sex, then by year: as the cells of the table stand. */
export const planted = (clinic: number): readonly number[] =>
  SEXES.flatMap((_, sex) => YEARS.map((__, year) => 301 + 211 * clinic + 37 * (clinic + 1) * (5 * sex + year)));

export const plantedTotals = (): readonly number[] =>
  planted(0).map((_, cell) => [0, 1, 2, 3].reduce((sum, clinic) => sum + (planted(clinic)[cell] ?? 0), 0));

export const clinics = ['klinik-nord', 'klinik-ost', 'klinik-sued', 'klinik-west'] as const;
export type Clinic = (typeof clinics)[number];

export interface Clinics {
  readonly folder: string;
  readonly broker: Service;
  readonly nodes: Readonly<Record<Clinic, Service>>;
  readonly profile: Profile;
  /** Between each clinic and the broker, with the broker's own key; honest until they take over. */
  readonly evil: Readonly<Record<Clinic, EvilBroker>>;
  start(...services: readonly Service[]): Promise<void>;
  /** By the command line's own way; what does not verify rejects. */
  ask(question: QuestionInput, deadlineSeconds?: number): Promise<Answer>;
  stop(): Promise<void>;
}

/** One patient for each figure, all alike but for year and sex. */
function columnsOf(clinic: number, template: Columns): Columns {
  const cells = SEXES.flatMap((sex) => YEARS.map((year) => ({ sex, year })));
  const rows = planted(clinic).flatMap((count, at) => Array.from({ length: count }, () => cells[at]));
  const own = (name: string, row: number): string | undefined => {
    if (name === 'sex') return rows[row]?.sex;
    if (name === 'year') return String(rows[row]?.year);
    return name.endsWith('Id') ? `${name}-${clinic}-${row}` : undefined;
  };
  return Object.fromEntries(
    Object.entries(template).map(([name, values]) => [name, rows.map((_, row) => own(name, row) ?? values[0] ?? null)]),
  );
}

const REDELIVER_SECONDS = 2;

let founded: Promise<string> | undefined;

/** Founded once for a test file; each federation is a copy of its own. */
export async function foundClinics(): Promise<Clinics> {
  founded ??= foundOnce();
  const folder = await mkdtemp(join(tmpdir(), 'revier-e2e-clinics-'));
  await copyFolder(await founded, folder);
  await Promise.all(clinics.map((slug) => moved(folders(folder).node(slug))));
  return laid(folder);
}

async function foundOnce(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-e2e-clinics-'));
  const spec = ruhrFederation(10_000);
  const holders = spec.holders
    .filter(({ slug }) => clinics.some((one) => one === slug))
    .map((holder, clinic) => ({
      ...holder,
      datasets: holder.datasets.map((dataset) => ({
        ...dataset,
        mode: 'F' as const,
        columns: () => [...dataset.columns()].slice(0, 1).map((template) => columnsOf(clinic, template)),
      })),
    }));
  const together = { ...spec, holders, registers: [register()], demonstration: [] };
  const now = new Date();
  const founding = { folder, options: { persons: 10_000 }, lang: 'en' as const, say: () => undefined };
  await foundFederation({ ...founding, spec: together, now });
  const laidOut = await laid(folder);
  const services = [laidOut.broker, ...Object.values(laidOut.nodes)];
  try {
    await laidOut.start(...services);
    await agreeRegisters({ spec: together, folder, url: laidOut.profile.broker, from: now });
  } finally {
    await Promise.all(services.map((one) => one.terminate()));
    await Promise.all(Object.values(laidOut.evil).map((one) => one.close()));
  }
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const register = (): FederationSpec['registers'][number] => ({
  id: REGISTER,
  title: { de: 'Kliniken gemeinsam', en: 'Clinics together' },
  aim: 'How many patients do the clinics treat together?',
  legalBasis: 'gdng:P6-1',
  recipientBasis: 'Joint quality assurance of the clinics',
  questions: [...YEARS.map(patientsSince), ...YEARS.map(womenSince)],
});

async function laid(folder: string): Promise<Clinics> {
  const port = await freePort();
  const key: unknown = JSON.parse(await readFile(join(folders(folder).broker, 'key.jwk'), 'utf8'));
  const evil = await forEach(() => startEvilBroker(port, key));
  const { broker, brokerUrl, profile, nodeOf } = await layOut({
    ...{ folder, slugs: clinics, port, brokerSettings: { redeliverSeconds: REDELIVER_SECONDS } },
    brokerUrlFor: (slug) => evil[slug].url,
  });
  const nodes = await forEach(async (slug) => nodeOf(slug));
  return {
    ...{ folder, broker, nodes, profile, evil },
    async start(...services) {
      await Promise.all(services.filter((one) => !one.isRunning()).map((one) => one.start()));
      for (const one of services)
        await until(`${one.name} is ready`, async () => (one === broker ? isReady(brokerUrl) : isConnected(one.url())));
    },
    ask: (question, deadlineSeconds = 60) => askVerified(profile, { question, deadlineSeconds }),
    async stop() {
      await Promise.all([...Object.values(nodes), broker].map((one) => one.kill()));
      await Promise.all(Object.values(evil).map((one) => one.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const forEach = async <T>(make: (name: Clinic) => Promise<T>): Promise<Record<Clinic, T>> => ({
  'klinik-nord': await make('klinik-nord'),
  'klinik-ost': await make('klinik-ost'),
  'klinik-sued': await make('klinik-sued'),
  'klinik-west': await make('klinik-west'),
});
