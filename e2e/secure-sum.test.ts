/** Secure sums among separate processes: what the broker holds says nothing of a single clinic, and whoever falls out when, one total opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeSumSecret } from '@revier/connector-sdk';
import { folders } from '@revier/laptop';
import type { Answer, CompactJws } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type BesiegedClinics, besiegeClinics, newTask } from './harness/besieged-clinics.ts';
import {
  type Clinic,
  type Clinics,
  clinics,
  foundClinics,
  patientsSince,
  planted,
  plantedTotals,
  womenSince,
} from './harness/clinics.ts';
import { decisionsOf } from './harness/health.ts';
import { findInFiles, findInMemory, type Wanted } from './harness/search-memory.ts';
import { until } from './harness/until.ts';
import { type Weakness, without } from './harness/weakness.ts';

let federation: Clinics;
beforeAll(async () => {
  federation = await foundClinics();
  await federation.start(federation.broker, ...Object.values(federation.nodes));
});
afterAll(() => federation?.stop());

/** A share of noise of variance 3/4 is hardly ever beyond. */
const SHARE = 30;

const wanted = (): Wanted[] => [
  ...clinics.map((name, clinic) => ({ name, figures: planted(clinic), within: SHARE })),
  { name: 'exact total', figures: plantedTotals(), within: 0 },
];

async function seenByBroker(): Promise<string[]> {
  const { broker, folder } = federation;
  const places = [
    await findInMemory(broker.pid(), wanted()),
    await findInFiles(join(folders(folder).broker, 'records'), wanted()),
  ];
  const log = broker.log().join('\n');
  const told = wanted().filter(({ figures }) => log.includes(figures.join(',')));
  return [...new Set([...places.flat(), ...told.map(({ name }) => name)])].sort();
}

const figures = ({ cells }: Answer): number[] =>
  cells
    .toSorted((a, b) => `${a.by.sex} ${a.by.year}`.localeCompare(`${b.by.sex} ${b.by.year}`))
    .map(({ measures: { patients: cell } }) => (cell?.status === 'value' ? cell.value : Number.NaN));

describe('four clinics that answer together', () => {
  it('open a total near the true one, of which the broker has seen nothing else: not in memory, records or log', async () => {
    const answer = await federation.ask(patientsSince(2016));
    expect(answer.state).toBe('complete');
    const off = figures(answer).map((value, cell) => value - (plantedTotals()[cell] ?? 0));
    expect(off).toHaveLength(10);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(SHARE);
    expect(off.some((noise) => noise !== 0)).toBe(true);
    expect(await seenByBroker()).toEqual([]);
  });

  it('the search finds what a process holds, be it words, floating numbers or text, and nothing else', async () => {
    const held = JSON.stringify([planted(0), planted(1).map((figure) => figure + 2)]);
    const script = `const [a, b] = JSON.parse(process.env.HELD);
      globalThis.held = [BigUint64Array.from(a, BigInt), Float64Array.from(b)];
      process.stdout.write('ready'); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['-e', script], {
      env: { HELD: held },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const found = await findInMemory(child.pid ?? 0, wanted()).finally(() => child.kill());
    expect(found).toEqual(['klinik-nord', 'klinik-ost']);
  });

  it.each([
    ['before its receipt', 'after-task-taken', 2017],
    ['after reading, before it has masked', 'before-ledger', 2018],
    ['when the broker has its masked part and it does not know', 'after-release-sent', 2019],
    ['after it has entered its opening, before anybody has it', 'after-ledger', 2020],
  ])('a clinic crashes %s, and comes back: the answer is complete', async (_, label, year) => {
    const { nodes } = federation;
    await nodes['klinik-ost'].terminate();
    await nodes['klinik-ost'].start({ REVIER_CRASH_AT: label });
    const asked = federation.ask(patientsSince(year));
    expect(await nodes['klinik-ost'].ended()).not.toEqual({ code: 0, signal: null });
    await nodes['klinik-ost'].start();
    expect((await asked).state).toBe('complete');
  });
});

describe('a clinic that never comes back', () => {
  it('after it has masked is recovered from shares of the others', async () => {
    const lost = federation.nodes['klinik-sued'];
    await lost.terminate();
    await lost.start({ REVIER_CRASH_AT: 'after-release-sent' });
    const answer = await federation.ask(womenSince(2019));
    expect(lost.isRunning()).toBe(false);
    expect(answer.state).toBe('complete');
    const of = (year: number) => plantedTotals()[year - 2016] ?? 0;
    const off = figures(answer).map((value, at) => Math.abs(value - of(2019 + at)));
    expect(off).toHaveLength(2);
    expect(Math.max(...off)).toBeLessThan(SHARE);
  });

  it('before it has masked leaves the answer pending, and never a subset', async () => {
    const lost = federation.nodes['klinik-sued'];
    await lost.start({ REVIER_CRASH_AT: 'before-ledger' });
    const answer = await federation.ask(womenSince(2018), 25);
    expect(lost.isRunning()).toBe(false);
    expect(answer).toMatchObject({ state: 'failed', cells: [] });
    expect(answer.holders.map(({ status }) => status)).toEqual(Array(4).fill('pending'));
    expect(federation.broker.log().some((line) => line.includes('"attempt":2'))).toBe(true);
  });
});

describe('an evil broker over four clinics', () => {
  const victim = 'klinik-nord';
  const others = clinics.filter((slug) => slug !== victim);
  let siege: BesiegedClinics;
  let asked: Asked;
  let elsewhere: Asked;
  beforeAll(async () => {
    const { broker, nodes } = federation;
    await federation.start(broker, ...Object.values(nodes));
    siege = besiegeClinics(federation);
    asked = await siege.ask(womenSince(2016));
    elsewhere = await siege.ask(womenSince(2017));
  });

  const offered = async (clinic: Clinic, of: Asked, taskId: string, attempt = 1): Promise<CompactJws> => {
    const word = await siege.say(clinic, of, taskId, { step: 'offer', attempt });
    if (!('accepted' in word)) throw new Error(`${clinic} has not accepted: ${JSON.stringify(word)}`);
    return word.accepted;
  };
  const offeredBy = (some: readonly Clinic[], of: Asked, taskId: string, attempt = 1): Promise<CompactJws[]> =>
    Promise.all(some.map((clinic) => offered(clinic, of, taskId, attempt)));
  const masked = async (clinic: Clinic, taskId: string, receipts: CompactJws[]) => {
    const word = await siege.say(clinic, asked, taskId, { step: 'roster', attempt: 1, receipts });
    if (!('masked' in word)) throw new Error(`${clinic} has not masked: ${JSON.stringify(word)}`);
    return word;
  };
  const open = (clinic: Clinic, of: Asked, taskId: string, releases: CompactJws[]) =>
    siege.say(clinic, of, taskId, { step: 'open', attempt: 1, releases, recover: [] });
  const refused = { refused: ['MEMBERS_INVALID'] };

  it('gets no masked word for a forged roster: one alone, all but one, invented, doubled, replayed or altered members (A6)', async () => {
    const genuine = await offeredBy(others, asked, newTask());
    const [ost = '', sued = '', west = ''] = genuine;
    const [replayed] = await offeredBy(['klinik-west'], elsewhere, newTask());
    const [later] = await offeredBy(['klinik-west'], asked, newTask(), 2);
    const sum = { attempt: 1, key: makeSumSecret().x };
    const invented = await siege.forged(west, { iss: 'did:web:klinik-neu.example', sum });
    const altered = await siege.forged(west, { sum });
    const rosters: Record<string, readonly (string | undefined)[]> = {
      ...{ alone: [], 'all but one': [ost, sued], 'one invented in place of another': [ost, sued, invented] },
      ...{ 'one invented as well': [...genuine, invented], 'one twice': [ost, sued, sued] },
      ...{ 'a key of the broker for a member': [ost, sued, altered], 'another question': [ost, sued, replayed] },
      ...{ 'another attempt': [ost, sued, later] },
    };
    for (const [name, forged] of Object.entries(rosters)) {
      const taskId = newTask();
      const own = await offered(victim, asked, taskId);
      const receipts = [own, ...forged].flatMap((one) => one ?? []);
      expect(await siege.say(victim, asked, taskId, { step: 'roster', attempt: 1, receipts }), name).toEqual(refused);
    }
    expect(federation.evil[victim].sent().filter(({ kind }) => kind !== 'receipt')).toEqual([]);
    const decisions = await decisionsOf(federation.nodes[victim].url());
    const logged = decisions.filter(({ codes }) => codes.includes('MEMBERS_INVALID'));
    expect(logged).toHaveLength(Object.keys(rosters).length);
  });

  it('opens nothing of an attempt that one was kept out of, and one attempt at most of those that are complete (A7)', async () => {
    // The first attempt: one clinic is delayed, and the broker wants the others to open without it.
    const first = newTask();
    const receipts = await offeredBy(clinics, asked, first);
    const words = await Promise.all(others.map((clinic) => masked(clinic, first, receipts)));
    const three = words.map((word) => word.masked);
    expect(await open('klinik-ost', asked, first, three)).toEqual(refused);
    expect(await open('klinik-sued', asked, first, [...three, three[0] ?? ''])).toEqual(refused);
    // The second: fresh keys, everybody masks, and a part of the first is put in place of another.
    const second = newTask();
    const again = await offeredBy(clinics, asked, second);
    expect(new Set([...receipts, ...again]).size).toBe(8);
    const parts = await Promise.all(clinics.map((clinic) => masked(clinic, second, again)));
    const all = parts.map((part) => part.masked);
    const swapped = [...all.slice(0, 3), three[2] ?? ''];
    expect(await open('klinik-west', asked, second, swapped)).toEqual(refused);
    const opened = await Promise.all(others.slice(0, 2).map((clinic) => open(clinic, asked, second, all)));
    expect(opened.every((word) => 'opened' in word)).toBe(true);
    expect('opened' in (await open(victim, asked, second, all))).toBe(true);
    // Nobody is asked for the same submission twice: not for the delayed attempt, not for another one.
    expect(await open('klinik-west', asked, first, three)).toMatchObject({ refused: [expect.any(String)] });
    for (const taskId of [first, newTask()])
      expect(await siege.say(victim, asked, taskId, { step: 'offer', attempt: 2 })).toEqual({ refused: ['REPLAYED'] });
    const repeated = await siege.say(victim, asked, second, { step: 'offer', attempt: 2 });
    expect('accepted' in repeated && again.includes(repeated.accepted)).toBe(true);
  });

  it('hears of the opened words once more when they are asked for anew, and never of others', async () => {
    const bodies = () =>
      federation.evil[victim].sent().flatMap((one) => (one.kind === 'release' ? [one.body.toString('base64')] : []));
    const before = bodies().length;
    await offered(victim, await siege.ask(womenSince(2016)), newTask());
    await until('the clinic confirms', async () => bodies().length > before);
    expect(new Set(bodies()).size).toBe(1);
  });
});

/** The words leave as they are: what the search must then find. */
const MASKS_OFF: Weakness = {
  file: 'packages/core/src/disclosure/secure-sum/masks.ts',
  defence: '  return masked;',
  instead: '  return values;',
};

describe('the control', () => {
  let weak: Clinics;
  beforeAll(async () => {
    weak = await foundClinics();
    const nodes = Object.values(weak.nodes);
    await Promise.all([weak.broker.start(), ...nodes.map((node) => node.start(without(MASKS_OFF)))]);
    await weak.start(weak.broker, ...nodes);
  });
  afterAll(() => weak?.stop());

  it('without masks the same search finds every clinic at the broker', async () => {
    await weak.ask(patientsSince(2016)).catch(() => undefined);
    const records = join(folders(weak.folder).broker, 'records');
    const isWhole = (found: readonly string[]): boolean => clinics.every((name) => found.includes(name));
    await until('all parts have come', async () => isWhole(await findInMemory(weak.broker.pid(), wanted())));
    await until('all parts are kept', async () => isWhole(await findInFiles(records, wanted())));
  });
});
