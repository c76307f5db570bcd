/** The broker as a witness: what goes on from what it has seen is cosigned; a fork or a shorter log is refused, and entered. */
import { accessToken, hashText, originOf, signCheckpoint } from '@revier/connector-sdk';
import { contentHash, emptyFrontier, grow, headOf, leafHash, type TreeHash } from '@revier/core';
import { ExportLine, LogEntry } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER } from './testing/data-space.case.ts';
import { CITY_A, CITY_B, codeOf, problemOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
beforeAll(async () => {
  space = await startTwoCities();
}, 120_000);
afterAll(() => space?.federation.close());

const leaf = (text: string): TreeHash => leafHash(Buffer.from(text));
const treeOf = (texts: readonly string[]) => ({
  size: texts.length,
  hash: headOf(texts.reduce((edge, text) => grow(edge, leaf(text)).frontier, emptyFrontier)),
});
/** Of a log that its holder really signs; the proof from one entry to two is the second leaf. */
const step = (texts: readonly string[], from = 0, id = CITY_A) => ({
  note: signCheckpoint({ origin: originOf(id, 'test'), ...treeOf(texts) }, space.federation.member(id).signer),
  from,
  proof: from === 0 ? [] : texts.slice(from).map((text) => hashText(leaf(text))),
});
const publish = (texts: readonly string[], from = 0, id = CITY_A) =>
  space.federation.asHolder(id).publishCheckpoint(step(texts, from, id));
const cosignatures = (id = CITY_A) => space.federation.asHolder(id).cosignatures();

async function entries(decision: string): Promise<LogEntry[]> {
  const { signer } = space.federation.member(CITY_B);
  const token = await accessToken({ signer, iss: CITY_B, aud: BROKER, realm: 'test', now: new Date() });
  const reply = await fetch(`${space.federation.url()}/v1/node/audit`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const lines = (await reply.text()).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => ExportLine.parse(JSON.parse(line)))
    .flatMap((line) => (line.kind === 'entry' ? [LogEntry.parse(JSON.parse(line.entry))] : []))
    .filter((entry) => entry.decision === decision);
}
const faultsOf = async (id = CITY_A) =>
  (await entries('log-fault')).map(({ facts }) => facts).filter(({ origin }) => origin === originOf(id, 'test'));

describe('a checkpoint at the broker', () => {
  it('of an honest log is cosigned, and again when the log has grown', async () => {
    await publish(['a']);
    await publish(['a', 'b'], 1);
    expect((await cosignatures()).map(({ size }) => size)).toEqual([2, 1]);
    expect(await faultsOf()).toEqual([]);
  });

  it('of another tree of the same size is refused, entered with what shows it, and not cosigned', async () => {
    const fork = step(['a', 'x'], 1);
    const found = await problemOf(space.federation.asHolder(CITY_A).publishCheckpoint(fork));
    expect(found).toMatchObject({ code: 'LOG_INCONSISTENT', status: 409 });
    expect(await faultsOf()).toEqual([
      { origin: originOf(CITY_A, 'test'), fault: 'forked', evidence: contentHash(fork.note) },
    ]);
    expect(await cosignatures()).toHaveLength(2);
  });

  it('that is shorter than before is refused and entered', async () => {
    expect(await codeOf(publish(['a']))).toBe('LOG_INCONSISTENT');
    expect((await faultsOf()).map(({ fault }) => fault)).toEqual(['forked', 'shrunk']);
  });

  it('that does not go on from what was seen is refused and entered', async () => {
    expect(await codeOf(publish(['x', 'b', 'c'], 2))).toBe('LOG_INCONSISTENT');
    expect((await faultsOf()).map(({ fault }) => fault)).toEqual(['forked', 'shrunk', 'inconsistent']);
  });

  it('is entered once, however often it comes', async () => {
    for (const _ of [1, 2, 3]) expect(await codeOf(publish(['a', 'x'], 1))).toBe('LOG_INCONSISTENT');
    expect(await faultsOf()).toHaveLength(3);
  });

  it('of somebody else, or that nobody has signed, says nothing against the log', async () => {
    const { note } = step(['q'], 0, CITY_A);
    const others = space.federation.asHolder(CITY_B).publishCheckpoint({ note, from: 0, proof: [] });
    expect(await codeOf(others)).toBe('INVALID_REQUEST');
    const origin = originOf(CITY_B, 'test');
    const forged = signCheckpoint({ origin, ...treeOf(['q']) }, space.federation.member(CITY_A).signer);
    const unsigned = space.federation.asHolder(CITY_B).publishCheckpoint({ note: forged, from: 0, proof: [] });
    expect(await codeOf(unsigned)).toBe('SIGNATURE_INVALID');
    expect(await faultsOf(CITY_B)).toEqual([]);
  });

  it('goes on being taken from the log that was honest', async () => {
    await publish(['z'], 0, CITY_B);
    expect(await cosignatures(CITY_B)).toHaveLength(1);
  });
});
