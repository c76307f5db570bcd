/** A node as a witness: what goes on is cosigned; a fork or a shorter log is not, stands in its own log, and in its status. */
import { cosignedAt, hashText, originOf, parseNote, type Signer, signCheckpoint } from '@revier/connector-sdk';
import { contentHash, emptyFrontier, grow, headOf, leafHash, type TreeHash } from '@revier/core';
import { type CheckpointStep, type CosignatureDelivery, ExportLine, LogEntry } from '@revier/schema';
import { createLogger, openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordsLog } from '../adapters/records-log.ts';
import type { OwnLog, Self } from '../ports.ts';
import { type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { nodeIn } from '../testing/node-in.case.ts';
import { witnessRound } from './witness.ts';

let records: Records;
let small: SmallHouse;
let self: Self;
let log: OwnLog;
beforeAll(async () => {
  small = await smallHouse();
  records = await openRecords({ memory: true });
});
beforeEach(async () => {
  self = small.house.self;
  log = recordsLog(await nodeIn(records), self);
  board.steps = [];
  board.cosigned = [];
});
afterAll(() => records?.close());

/** An honest carrier: what a broker hangs out, and what the node brings. */
const board: { steps: CheckpointStep[]; cosigned: CosignatureDelivery[] } = { steps: [], cosigned: [] };
const other = () => small.parties.holder('city-a');
const origin = () => originOf(other().id, 'test');
const leaf = (text: string): TreeHash => leafHash(Buffer.from(text));

function step(texts: readonly string[], from = 0, signer: Signer = other().signer): CheckpointStep {
  const hash = headOf(texts.reduce((edge, text) => grow(edge, leaf(text)).frontier, emptyFrontier));
  const note = signCheckpoint({ origin: origin(), size: texts.length, hash }, signer);
  return { note, from, proof: from === 0 ? [] : texts.slice(from).map((text) => hashText(leaf(text))) };
}

/** The other log says so, and the node looks. */
async function seen(...steps: CheckpointStep[]): Promise<void> {
  board.steps = steps;
  const size = Number(steps.at(-1)?.note.split('\n')[1]);
  const logger = createLogger({ name: 'test', level: 'silent' });
  const client = {
    logs: async () => ({ logs: [{ origin: origin(), size, cosigned: false }] }),
    publishCheckpoint: async () => undefined,
    checkpointSteps: async () => board.steps,
    publishCosignature: async (one: CosignatureDelivery) => void board.cosigned.push(one),
    cosignatures: async () => [],
  };
  await witnessRound({ self, log, client, logger }, AbortSignal.timeout(30_000));
}

async function faultsEntered(): Promise<LogEntry['facts'][]> {
  const found: LogEntry[] = [];
  for await (const line of log.export()) {
    const read = ExportLine.parse(line);
    if (read.kind === 'entry') found.push(LogEntry.parse(JSON.parse(read.entry)));
  }
  return found.filter(({ decision }) => decision === 'log-fault').map(({ facts }) => facts);
}

describe('a witness', () => {
  it('cosigns an honest log, step by step, and its signature verifies', async () => {
    await seen(step(['a']));
    await seen(step(['a', 'b'], 1));
    expect(board.cosigned.map(({ size }) => size)).toEqual([1, 2]);
    const whole = parseNote(`${step(['a', 'b']).note}${board.cosigned.at(-1)?.line}\n`);
    expect(cosignedAt(whole, log.origin, [self.signer.publicKey])).toBeGreaterThan(0);
    expect(await faultsEntered()).toEqual([]);
    expect((await log.standing()).faults).toEqual([]);
  });

  it.each([
    ['forked', () => step(['a', 'x'], 1)],
    ['shrunk', () => step(['a'])],
    ['inconsistent', () => step(['x', 'b', 'c'], 2)],
  ] as const)('does not cosign a log that is %s, enters it with the evidence, and shows it', async (fault, evil) => {
    await seen(step(['a', 'b']));
    await seen(evil());
    expect(board.cosigned).toHaveLength(1);
    const evidence = contentHash(evil().note);
    expect(await faultsEntered()).toEqual([{ origin: origin(), fault, evidence }]);
    expect((await log.standing()).faults).toEqual([{ origin: origin(), fault: `${fault} ${evidence}` }]);
    await seen(evil());
    expect(await faultsEntered()).toHaveLength(1);
  });

  it('goes on showing a fault when the log has become honest again', async () => {
    await seen(step(['a', 'b']));
    await seen(step(['a', 'x'], 1));
    await seen(step(['a', 'b', 'c'], 2));
    expect(board.cosigned.map(({ size }) => size)).toEqual([2, 3]);
    expect((await log.standing()).faults).toMatchObject([{ fault: expect.stringContaining('forked') }]);
  });

  it('does not blame a log for what the carrier has made up', async () => {
    await seen(step(['a', 'b']));
    const forged = step(['a', 'x'], 1, small.parties.broker.signer);
    await expect(seen(forged)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    expect(await faultsEntered()).toEqual([]);
  });
});
