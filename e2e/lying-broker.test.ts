/** A broker that alters one figure on its way to whoever asked, and signs what it has made of it: found, unless nobody merges again. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSigner, type Signer } from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { type Answer, AnswerProof, answerMediaTypes, type Cell, ResultStatement } from '@revier/schema';
import { freePort } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Federation, flagship } from './harness/federation.ts';
import { startFederation } from './harness/start-federation.ts';
import { without } from './harness/weakness.ts';

const bin = fileURLToPath(new URL('../apps/cli/src/bin.ts', import.meta.url));
let federation: Federation;
let signer: Signer;
let liar: Server;
let lies = true;
beforeAll(async () => {
  federation = await startFederation();
  signer = await createSigner(JSON.parse(await readFile(join(folders(federation.folder).broker, 'key.jwk'), 'utf8')));
  const port = await freePort();
  liar = createServer((incoming, reply) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { method = 'GET', url = '/', headers } = incoming;
      const kept = ['accept', 'content-type', 'prefer', 'idempotency-key', 'authorization'];
      const sent = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        kept.includes(name) ? [[name, String(value)]] : [],
      );
      const body = parts.length === 0 ? null : new Uint8Array(Buffer.concat(parts));
      fetch(`${federation.brokerUrl}${url}`, { method, headers: sent, body })
        .then(async (answer) => {
          const type = answer.headers.get('content-type') ?? '';
          const text = await answer.text();
          const isProof = answer.status === 200 && type.startsWith(answerMediaTypes.proof);
          reply.writeHead(answer.status, { 'content-type': type }).end(isProof && lies ? await altered(text) : text);
        })
        .catch(() => reply.destroy());
    });
  });
  await new Promise<void>((listening) => void liar.listen(port, '127.0.0.1', listening));
  const file = join(folders(federation.folder).user, 'profile.json');
  const profile: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...profile, broker: `http://127.0.0.1:${port}` }));
  await writeFile(join(federation.folder, 'question.json'), JSON.stringify(flagship));
});
afterAll(async () => {
  liar.closeAllConnections();
  liar.close();
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

async function query(env: Readonly<Record<string, string>> = {}) {
  const profile = join(folders(federation.folder).user, 'profile.json');
  const run = promisify(execFile)(process.execPath, [bin, 'query', 'question.json', '--profile', profile], {
    cwd: federation.folder,
    env: { ...process.env, ...env },
  });
  return run.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: unknown) => ({ code: Number(Object(error).code), stderr: String(Object(error).stderr) }),
  );
}

describe('a broker that alters one merged figure', () => {
  it('is believed while it tells the truth, so nothing below fails for another reason', async () => {
    lies = false;
    expect(await query()).toEqual({ code: 0, stderr: expect.not.stringContaining('WARNING') });
    lies = true;
  });

  it('is found by whoever asked, who merges the signed releases again', async () => {
    const { code, stderr } = await query();
    expect(stderr).toMatch(/does not verify[\s\S]*not what the signed releases add up to: 1 of \d+ cells differ/);
    expect(code).toBe(4);
  });

  it('wins where nobody merges again', async () => {
    const unmerged = without({
      file: 'apps/cli/src/ask/check-answer.ts',
      defence: 'mergeFaults(proof, headers, known);',
      instead: '[];',
    });
    const { code, stderr } = await query(unmerged);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('does not verify')]);
  });
});
