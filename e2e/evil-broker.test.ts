/** The evil broker: with its own valid key it says to a node whatever it likes, and gets nothing that a researcher has not asked for. */
import { randomUUID } from 'node:crypto';
import { createSigner, generateKeyPair, queryDigest, signCredential, submissionIdOf } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { Credential, Envelope, type SentTask, Task } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Besieged, besiegeRegistry, withPayload } from './harness/beside-evil-broker.ts';
import { weakened } from './harness/weakened.ts';
import type { Weakness } from './harness/weakness.ts';

let siege: Besieged;
/** Never answered, so that whatever is refused of it is not refused as a repetition. */
let spare: SentTask;
beforeAll(async () => {
  siege = await besiegeRegistry();
});
afterAll(() => siege.close());

const taskOf = ({ task }: SentTask): Task => Task.parse(unverified(task));
const resigned = async (sent: SentTask, change: Partial<Task>): Promise<SentTask> => ({
  ...sent,
  task: await siege.signed({ ...taskOf(sent), taskId: randomUUID(), ...change }),
});
const told = async (sent: SentTask, change: Partial<Task>) => siege.tell(await resigned(sent, change));
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Another value of the same kind, so that it is not its form that is refused. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return value.length > 1 ? value.slice(1) : [...value, ...value];
  if (typeof value !== 'string') return value;
  const last = value.at(-1) === '0' ? '1' : '0';
  return value.slice(0, -1) + last;
}

/** Every value within, at whatever depth, changed by itself. */
function mutations(value: unknown, path = ''): [pointer: string, mutated: unknown][] {
  if (value === null || typeof value !== 'object') return [[path, other(value)]];
  const own: [string, unknown][] = Array.isArray(value) ? [[path, other(value)]] : [];
  const inner = Object.entries(value).flatMap(([name, part]) =>
    mutations(part, `${path}/${name}`).map(([pointer, mutated]): [string, unknown] => [
      pointer,
      Array.isArray(value)
        ? value.map((one, at) => (String(at) === name ? mutated : one))
        : { ...value, [name]: mutated },
    ]),
  );
  return [...own, ...inner];
}

/** A key that the broker has bound to the researcher by itself. */
async function impostor(sent: SentTask) {
  const { privateKey, publicKey } = await generateKeyPair();
  const genuine = Credential.parse(unverified(taskOf(sent).credential));
  const credential = await signCredential({ ...genuine, key: publicKey }, siege.evil.signer);
  return { signer: await createSigner(privateKey), credential };
}

/** In place of a genuine query, whose evidence it uses: the submission is the same, the words are the broker's. */
async function invented(sent: SentTask): Promise<SentTask> {
  const { signer, credential } = await impostor(sent);
  const genuine = Envelope.parse(unverified(sent.query));
  const envelope = { ...genuine, exp: genuine.exp - 1 };
  const query = await signer.sign('revier-query+jws', envelope);
  const submissionId = submissionIdOf(envelope, Credential.parse(unverified(credential)));
  return resigned({ ...sent, query }, { query: queryDigest(query), credential, submissionId });
}

/** What the defence stops, the same node does without it. */
async function winsWithout(weaknesses: readonly Weakness[], attack: () => Promise<unknown>): Promise<void> {
  const service = siege.federation.nodes.krebsregister;
  expect(await weakened({ service, weaknesses }, attack)).toBe('released');
}

describe('an evil broker', () => {
  it('cannot serve another document in place of one that the catalogue names (1a)', async () => {
    spare = await siege.genuine();
    const { evil, federation } = siege;
    const held = await fetch(`${federation.brokerUrl}/v1/catalogue`).then((reply) => reply.json());
    const [lookup, ...rest]: string[] = Object.values(Object(held).catalogue.lookups);
    const swapped = await fetch(`${federation.brokerUrl}/v1/documents/${lookup}`).then((reply) => reply.text());
    expect(rest).toBeDefined();
    evil.lie = (path) => (path.startsWith('/v1/documents/') ? { type: 'application/json', body: swapped } : undefined);
    expect(await told(spare, {})).toEqual({ refused: ['CATALOGUE_UNKNOWN'] });
    evil.lie = undefined;
  });

  it('is not believed a word that it has not signed: every field of a task changed under its old signature', async () => {
    for (const [pointer, mutated] of mutations(unverified(spare.task)))
      expect(await siege.tell({ ...spare, task: withPayload(spare.task, mutated) }), pointer).toBe('left alone');
  });

  it('cannot change one field of a query (1): not its words, its agreements, its versions, its time', async () => {
    for (const [pointer, mutated] of mutations(unverified(spare.query))) {
      const query = withPayload(spare.query, mutated);
      const outcome = await told({ ...spare, query }, { query: queryDigest(query) });
      expect(outcome, pointer).toEqual({ refused: ['SIGNATURE_INVALID'] });
    }
  });

  it('cannot change one field of a credential (1)', async () => {
    const { credential } = taskOf(spare);
    for (const [pointer, mutated] of mutations(unverified(credential)))
      expect(await told(spare, { credential: withPayload(credential, mutated) }), pointer).toEqual({
        refused: ['CREDENTIAL_INVALID'],
      });
  });

  it('cannot put another query beside the one that a task names (1)', async () => {
    const next = await siege.genuine();
    expect(await siege.tell({ ...spare, query: next.query })).toEqual({ refused: ['SIGNATURE_INVALID'] });
  });

  it('cannot invent a query, nor bind a key of its own to a researcher (1)', async () => {
    expect(await siege.tell(await invented(spare))).toEqual({ refused: ['CREDENTIAL_INVALID'] });
  });

  it.each<[field: string, change: () => Partial<Task>, code: string]>([
    ['its receiver', () => ({ aud: 'did:web:essen.example' }), 'WRONG_AUDIENCE'],
    ['its sender', () => ({ iss: 'did:web:essen.example' }), 'WRONG_AUDIENCE'],
    ['its realm', () => ({ realm: 'production' }), 'WRONG_REALM'],
    ['its submission', () => ({ submissionId: `sha256:${'0'.repeat(64)}` }), 'SIGNATURE_INVALID'],
    ['its dataset', () => ({ dataset: 'urn:revier:dataset:essen-elsewhere' }), 'QUESTION_INVALID'],
    ['its stage', () => ({ stage: 0 }), 'QUESTION_INVALID'],
    ['its evidence, by leaving it out', () => ({ evidence: [] }), 'EVIDENCE_INVALID'],
    ['its end, to a time past', () => ({ iat: seconds() - 900, exp: seconds() - 300 }), 'EXPIRED'],
    ['its end, to a day hence', () => ({ exp: seconds() + 86_400 }), 'EXPIRED'],
    ['its beginning, to a time to come', () => ({ iat: seconds() + 300 }), 'EXPIRED'],
  ])('cannot change, under its own good signature, of a task %s (1, 2)', async (_field, change, code) => {
    expect(await told(spare, change())).toEqual({ refused: [code] });
  });

  it('cannot use the same population twice, one of another submission, or one that it has signed itself (1a)', async () => {
    const [mine, next] = [taskOf(spare), taskOf(await siege.genuine())];
    const [first = ''] = mine.evidence;
    const forged = await siege.evil.signer.sign('revier-release+jws', unverified(first));
    for (const evidence of [[first, first], next.evidence, [forged, ...mine.evidence.slice(1)]])
      expect(await told(spare, { evidence })).toEqual({ refused: ['EVIDENCE_INVALID'] });
  });

  it('gets an answer to what was really asked, and no second one under another task (2)', async () => {
    const sent = await siege.genuine();
    expect(await siege.tell(sent)).toBe('released');
    expect(await told(sent, {})).toEqual({ refused: ['REPLAYED'] });
    await siege.restart();
    expect(await told(sent, {})).toEqual({ refused: ['REPLAYED'] });
  });

  it('cannot bring an invented member into the trust list, nor back an older one (4)', async () => {
    const { evil, federation } = siege;
    const { trustList, timestamp } = Object(await fetch(`${federation.brokerUrl}/v1/trust`).then((r) => r.json()));
    const list = Object(unverified(trustList));
    const payload = Buffer.from(JSON.stringify({ ...list, version: 2 })).toString('base64url');
    const body = JSON.stringify({ trustList: { ...trustList, payload }, timestamp });
    let asked = 0;
    evil.lie = (path) => {
      if (path.split('?')[0] !== '/v1/trust') return undefined;
      asked++;
      return { type: 'application/json', body };
    };
    await siege.restart();
    expect(asked).toBeGreaterThan(0);
    evil.lie = undefined;
    const status = Object(await fetch(`${federation.nodes.krebsregister.url()}/v1/status`).then((r) => r.json()));
    expect(status.trust.version).toBe(1);
  });
});

describe('the same attacks, on a node with one defence less', () => {
  const CREDENTIAL = 'packages/connector-sdk/src/signatures/credential.ts';

  it('win with an invented query, where anybody of the trust list may vouch for researchers', async () => {
    const sent = await siege.genuine();
    await winsWithout(
      [
        { file: CREDENTIAL, defence: "resolver(trust, { role: 'data-user' })", instead: 'resolver(trust)' },
        { file: CREDENTIAL, defence: 'participant.id !== credential.iss)', instead: 'participant.id === undefined)' },
      ],
      async () => siege.tell(await invented(sent)),
    );
  });

  it('win with words under an old signature, where signatures are not checked', async () => {
    const sent = await siege.genuine();
    const task = withPayload(sent.task, { ...taskOf(sent), attempt: 2 });
    await winsWithout(
      [
        {
          file: 'packages/connector-sdk/src/signatures/verify.ts',
          defence: 'await verifiedBytes(() => compactVerify(jws, key, VERIFY_OPTIONS))',
          instead: "(void key, void verifiedBytes, base64urlBytes(jws.split('.')[1] ?? ''))",
        },
      ],
      () => siege.tell({ ...sent, task }),
    );
  });

  it('win with the population of another submission, where nobody compares', async () => {
    const [sent, next] = [await siege.genuine(), await siege.genuine()];
    await winsWithout(
      [
        {
          file: 'services/registry-node/src/rooms/evidence.ts',
          defence: 'header.submissionId === task.submissionId &&',
          instead: '',
        },
      ],
      () => told(sent, { evidence: taskOf(next).evidence }),
    );
  });

  it('win with a second task for one submission, where the node does not remember', async () => {
    const sent = await siege.genuine();
    expect(await siege.tell(sent)).toBe('released');
    const BOOK = 'services/registry-node/src/adapters/records-book.ts';
    await winsWithout(
      [
        { file: BOOK, defence: "if (rows.length === 0) return 'new';", instead: "if (rows.length >= 0) return 'new';" },
        // Behind it, the records take a submission once.
        { file: BOOK, defence: "await keepTask(trx, task, 'released', asked.agreement);", instead: '' },
      ],
      () => told(sent, {}),
    );
  });
});
