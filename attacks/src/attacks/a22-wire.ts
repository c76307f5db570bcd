/** A22, on the wire: an altered broker with the real one's key, alone and with a researcher who signs what it likes; and a log that was changed. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSigner, generateKeyPair, queryDigest, submissionIdOf } from '@revier/connector-sdk';
import { canonicalQuestion, canonicalText, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { Credential, Envelope, type QuestionInput, type SentTask } from '@revier/schema';
import type { Stage } from '../attack.ts';
import { beyond, counts, lattice } from '../federation/lattice.ts';
import type { Raised } from '../federation/raise.ts';
import { besiege, resigned, type Siege, taskOf } from '../federation/siege.ts';

/** What a node said to each forgery, and to the genuine task in the end. */
export interface OnTheWire {
  readonly forged: readonly string[];
  readonly genuine: string;
}

export async function onTheWire({ federation, env }: Pick<Stage, 'federation' | 'env'>): Promise<OnTheWire> {
  const siege = await besiege(federation, 'alpha', env);
  try {
    const genuine = await siege.genuine(lattice.byMonth);
    const forged: string[] = [];
    for (const forgery of [
      ...(await ofTheBroker(siege, genuine)),
      ...(await withAccomplice(siege, genuine, federation)),
    ])
      forged.push(await siege.tell(forgery));
    return { forged, genuine: await siege.tell(genuine) };
  } finally {
    await siege.end();
  }
}

const NOWHERE = `sha256:${'0'.repeat(64)}` as const;

/** A task that it has not signed; tasks with other fields under its own good signature; a query swapped, and one that it has invented. */
async function ofTheBroker(siege: Siege, genuine: SentTask): Promise<readonly SentTask[]> {
  const now = Math.floor(Date.now() / 1000);
  const envelope = Envelope.parse(unverified(genuine.query));
  const { credential } = taskOf(genuine);
  const swapped = withPayload(genuine.query, { ...envelope, question: canonicalQuestion(filtered) });
  const { privateKey, publicKey } = await generateKeyPair();
  // Vouched for by the broker instead of the organisation.
  const vouched = await siege.vouched({ ...Credential.parse(unverified(credential)), key: publicKey });
  const invented = await (await createSigner(privateKey)).sign('revier-query+jws', envelope);
  return [
    { ...genuine, task: withPayload(genuine.task, { ...taskOf(genuine), taskId: randomUUID() }) },
    await resigned(siege, genuine, { aud: 'did:web:beta.example' }),
    await resigned(siege, genuine, { iat: now - 900, exp: now - 300 }),
    await resigned(siege, genuine, { submissionId: NOWHERE }),
    await asTask(siege, genuine, swapped, credential),
    await asTask(siege, genuine, invented, vouched),
  ];
}

/** Everything is signed as it should be: only the node's own agreement and policy stand in the way. */
async function withAccomplice(siege: Siege, genuine: SentTask, { mallory }: Raised): Promise<readonly SentTask[]> {
  const envelope = Envelope.parse(unverified(genuine.query));
  const now = Math.floor(Date.now() / 1000);
  const about = (question: QuestionInput) => ({ question: canonicalQuestion(question) });
  const changed: readonly Partial<Envelope>[] = [
    about(filtered),
    about(beyond.nested),
    about({ ...lattice.byMonth, purpose: 'ehds:HealthcareScientificResearch' }),
    { agreements: [NOWHERE] },
    { agreements: [] },
    { catalogue: NOWHERE },
    { realm: 'production' },
    { iat: now - 7200, exp: now - 3600 },
  ];
  return Promise.all(
    changed.map((change) => {
      const query = mallory.signText(canonicalText({ ...envelope, jti: randomUUID(), ...change }));
      return asTask(siege, genuine, query, mallory.credential);
    }),
  );
}

const filtered = counts({ cases: [{ variable: 'sex', in: ['M'] }] }, [{ variable: 'area', level: 'district' }]);

/** The task that an honest broker would make of this query. */
function asTask(siege: Siege, sent: SentTask, query: string, credential: string): Promise<SentTask> {
  const submissionId = submissionIdOf(Envelope.parse(unverified(query)), Credential.parse(unverified(credential)));
  return resigned(siege, { ...sent, query }, { query: queryDigest(query), credential, submissionId });
}

/** The same signature around other words. */
function withPayload(jws: string, payload: unknown): string {
  const [header, , signature] = jws.split('.');
  return [header, Buffer.from(canonicalText(payload)).toString('base64url'), signature].join('.');
}

const bin = fileURLToPath(new URL('../../../apps/cli/src/bin.ts', import.meta.url));

/** Exit codes of verifying a holder's log as it was exported, and with a refusal in it turned into something else (2: tampered). */
export async function changedLog({ folder }: Raised): Promise<{ readonly whole: number; readonly changed: number }> {
  const [node, file] = [folders(folder).node('alpha'), join(folder, 'alpha.jsonl')];
  await revier('audit', 'export', '--folder', node, '--out', file);
  const whole = await revier('audit', 'verify', 'full', file, '--folder', node);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('released', 'refused'));
  return { whole, changed: await revier('audit', 'verify', 'full', file, '--folder', node) };
}

const revier = (...args: string[]) =>
  new Promise<number>((resolve) => {
    execFile(process.execPath, [bin, ...args], { maxBuffer: 2 ** 28 }, (error) =>
      resolve(typeof error?.code === 'number' ? error.code : 0),
    );
  });
