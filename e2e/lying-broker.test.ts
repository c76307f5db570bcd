/** A broker that alters one figure on its way to whoever asked, and signs what it has made of it: found, unless nobody merges again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, type Signer } from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { type Answer, AnswerProof, answerMediaTypes, type Cell, ResultStatement } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Federation, flagship } from './harness/federation.ts';
import { forward, type LoopbackProxy, replyWith, startProxy } from './harness/proxy.ts';
import { call, type Said } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';
import { without } from './harness/weakness.ts';

let federation: Federation;
let signer: Signer;
let liar: LoopbackProxy;
let lies = true;
beforeAll(async () => {
  federation = await startFederation();
  signer = await createSigner(JSON.parse(await readFile(join(folders(federation.folder).broker, 'key.jwk'), 'utf8')));
  const broker = Number(new URL(federation.brokerUrl).port);
  liar = await startProxy(async (incoming, body) => {
    const answer = await forward(broker, incoming, body);
    const type = answer.headers['content-type'] ?? '';
    const isProof = answer.status === 200 && type.startsWith(answerMediaTypes.proof);
    return isProof && lies ? replyWith(200, type, await altered(answer.body.toString())) : answer;
  });
  const file = join(folders(federation.folder).user, 'profile.json');
  const profile: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...profile, broker: liar.url }));
  await writeFile(join(federation.folder, 'question.json'), JSON.stringify(flagship));
});
afterAll(async () => {
  await liar.close();
  await federation.stop();
});

/** One rate a little higher; digest and signature fit it. */
async function altered(text: string): Promise<string> {
  const proof = AnswerProof.parse(JSON.parse(text));
  const answer: Answer = {
    ...proof.answer,
    cells: proof.answer.cells.map((cell, at) => (at === 0 ? higher(cell) : cell)),
  };
  const statement = ResultStatement.parse(unverified(proof.result));
  const result = await signer.sign('revier-result+jws', { ...statement, answer: contentHash(answer) });
  return JSON.stringify({ ...proof, answer, result });
}

const higher = ({ by, measures }: Answer['cells'][number]): Answer['cells'][number] => ({
  by,
  measures: Object.fromEntries(Object.entries(measures).map(([name, cell]) => [name, raised(cell)])),
});

const raised = (cell: Cell): Cell => (cell.status === 'value' ? { ...cell, value: cell.value + 1 } : cell);

function query(env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const profile = join(folders(federation.folder).user, 'profile.json');
  return call(['query', 'question.json', '--profile', profile], { cwd: federation.folder, env });
}

describe('a broker that alters one merged figure', () => {
  it('is believed while it tells the truth, so nothing below fails for another reason', async () => {
    lies = false;
    expect(await query()).toMatchObject({ code: 0, err: expect.not.stringContaining('WARNING') });
    lies = true;
  });

  it('is found by whoever asked, who merges the signed releases again', async () => {
    const { code, err } = await query();
    expect(err).toMatch(/does not verify[\s\S]*not what the signed releases add up to: 1 of \d+ cells differ/);
    expect(code).toBe(4);
  });

  it('wins where nobody merges again', async () => {
    const unmerged = without({
      file: 'apps/cli/src/ask/check-answer.ts',
      defence: 'mergeFaults(proof, headers, known);',
      instead: '[];',
    });
    const { code, err } = await query(unmerged);
    expect([code, err]).toEqual([0, expect.not.stringContaining('does not verify')]);
  });
});
