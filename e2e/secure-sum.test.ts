/** Secure sums among separate processes: what the broker holds says nothing of a single clinic, and whoever falls out when, one total opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import type { Answer } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clinics, clinics, foundClinics, patientsSince, planted, plantedTotals } from './harness/clinics.ts';
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
  let other: Clinics;
  beforeAll(async () => {
    other = await foundClinics();
    await other.start(other.broker, ...Object.values(other.nodes));
  });
  afterAll(() => other?.stop());

  it('after it has masked is recovered from shares of the others', async () => {
    const lost = other.nodes['klinik-sued'];
    await lost.terminate();
    await lost.start({ REVIER_CRASH_AT: 'after-release-sent' });
    const answer = await other.ask(patientsSince(2016));
    expect(lost.isRunning()).toBe(false);
    expect(answer.state).toBe('complete');
    expect(Math.max(...figures(answer).map((v, i) => Math.abs(v - (plantedTotals()[i] ?? 0))))).toBeLessThan(SHARE);
  });

  it('before it has masked leaves the answer pending, and never a subset', async () => {
    const lost = other.nodes['klinik-sued'];
    await lost.start({ REVIER_CRASH_AT: 'before-ledger' });
    const answer = await other.ask(patientsSince(2018), 25);
    expect(lost.isRunning()).toBe(false);
    expect(answer).toMatchObject({ state: 'failed', cells: [] });
    expect(answer.holders.map(({ status }) => status)).toEqual(Array(4).fill('pending'));
    expect(other.broker.log().some((line) => line.includes('"attempt":2'))).toBe(true);
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
    await until('all parts have come', async () => {
      const found = await findInMemory(weak.broker.pid(), wanted());
      return clinics.every((name) => found.includes(name));
    });
    const kept = await findInFiles(join(folders(weak.folder).broker, 'records'), wanted());
    expect(kept).toEqual(expect.arrayContaining([...clinics]));
  });
});
