/** The evil node: with its own valid key it sends absurd, forged, misdirected and outsized answers, and the broker takes none. */
import { randomUUID } from 'node:crypto';
import { sign } from '@revier/cli';
import { createDataspaceClient } from '@revier/connector-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EvilNode, evilNode, type Opened, withBody, withFigures } from './harness/evil-node.ts';
import { type Federation, flagship } from './harness/federation.ts';
import { startFederation } from './harness/start-federation.ts';
import { weakened } from './harness/weakened.ts';
import type { Weakness } from './harness/weakness.ts';

/** The broker is started again with one defence taken out, and again with it. */
vi.setConfig({ testTimeout: 300_000 });

let federation: Federation;
let essen: EvilNode;
let bochum: EvilNode;
beforeAll(async () => {
  federation = await startFederation();
  // From now on their keys are in other hands.
  await Promise.all([federation.nodes.essen.terminate(), federation.nodes.bochum.terminate()]);
  [essen, bochum] = await Promise.all([evilNode(federation, 'essen'), evilNode(federation, 'bochum')]);
});
afterAll(() => federation.stop());

const client = () => createDataspaceClient({ baseUrl: federation.brokerUrl });

/** A query under way, and the tasks of both for it. */
async function asked() {
  const signed = await sign(federation.profile, flagship, { deadlineSeconds: 90 });
  const idempotencyKey = randomUUID();
  await client().submit(signed, { idempotencyKey });
  const [own, other] = await Promise.all([essen.next(), bochum.next()]);
  const proof = () => client().submitForProof(signed, { idempotencyKey, waitSeconds: 1 });
  return { own, other, proof };
}

const winsWithout = async (weaknesses: readonly Weakness[], attack: () => Promise<unknown>): Promise<void> =>
  expect(await weakened({ service: federation.broker, weaknesses }, attack)).toBeUndefined();

const implausible: Weakness = {
  file: 'services/broker/src/use-cases/deliver.ts',
  defence: 'assertPlausible(decoded, planned);',
  instead: '',
};
const absurd: Weakness = {
  file: 'packages/connector-sdk/src/codec/figures.ts',
  defence: 'if (!(figure >= least && figure <= MAX_FIGURE)) throw',
  instead: 'if (figure === -1234.5) throw',
};
const bits: Weakness = {
  file: 'packages/connector-sdk/src/codec/figures.ts',
  defence: 'if (Object.is(figure, -0)) throw',
  instead: 'if (figure === -1234.5) throw',
};

describe('an evil node', () => {
  it.each<[what: string, alter: (honest: Opened) => Opened, code: string, defences: readonly Weakness[]]>([
    ['fewer inhabitants than none', (of) => withFigures(of, -7), 'INVALID_REQUEST', [implausible]],
    ['more inhabitants than people ever', (of) => withFigures(of, 2 ** 52), 'INVALID_REQUEST', [implausible]],
    ['a figure beyond 2^53', (of) => withFigures(of, 2 ** 60), 'INVALID_REQUEST', [absurd, implausible]],
    ['a figure without end', (of) => withFigures(of, Infinity), 'INVALID_REQUEST', [absurd, implausible]],
    ['no number where a figure is shown', (of) => withFigures(of, Number.NaN), 'INVALID_REQUEST', [absurd]],
    ['another spelling of nothing', (of) => withFigures(of, -0), 'NOT_CANONICAL', [bits]],
  ])('cannot send %s, and can where nobody looks', async (_what, alter, code, defences) => {
    const { own } = await asked();
    expect(await essen.send(alter(own))).toBe(code);
    await winsWithout(defences, () => essen.send(alter(own)));
  });

  it('cannot answer for a neighbour, nor sign its release, and can where keys are not asked for', async () => {
    const { own, other } = await asked();
    expect(await essen.send(other)).toBe('NOT_FOUND');
    expect(await bochum.send(other, {}, essen.signer)).toBe('KEY_UNKNOWN');
    expect(await essen.send({ ...own, body: other.body })).toBe('SIGNATURE_INVALID');
    const anybody: Weakness = {
      file: 'services/broker/src/use-cases/deliver.ts',
      defence: 'found === undefined || found.task.holder !== holder',
      instead: 'found === undefined',
    };
    await winsWithout([anybody], () => essen.send(other));
  });

  it('cannot swap, cut or blow up what it has signed', async () => {
    const { own } = await asked();
    const jws = await essen.signer.sign('revier-release+jws', own.header);
    const path = `/v1/node/tasks/${own.task.taskId}/release`;
    expect(await essen.put(path, jws, Uint8Array.from(own.body).slice(0, -9))).toBe(400);
    const cut = withBody(own, own.body.slice(0, -9));
    expect(await essen.send(cut)).toBe('INVALID_REQUEST');
    const huge = new Uint8Array(70 * 1024 * 1024);
    expect(await essen.put(path, jws, huge).catch(() => 413)).toBe(413);
    expect(await essen.put(path, `${jws}${'A'.repeat(100_000)}`, Uint8Array.from(own.body)).catch(() => 431)).toBe(431);
    expect(await essen.send(own)).toBeUndefined();
  });

  it('is named in the answer by its own signature', async () => {
    const { own, other, proof } = await asked();
    expect(await essen.send(own)).toBeUndefined();
    expect(await bochum.send(other)).toBeUndefined();
    const found = await vi.waitFor(
      async () => {
        const reply = await proof();
        if (reply.kind !== 'proof') throw new Error('There is no answer yet.');
        return reply.proof;
      },
      { timeout: 100_000, interval: 500 },
    );
    const part = found.answer.holders.find(({ holder }) => holder === essen.id);
    expect(part?.release).toBe(await essen.signer.sign('revier-release+jws', own.header));
    expect(found.bodies[own.header.body]).toBe(Buffer.from(own.body).toString('base64'));
  });
});
