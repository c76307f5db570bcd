/** A broker that follows a script: it checks what it is sent as a broker does, and answers figures that the test wrote. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ProblemError, type VerifiedQuery, verifyQuery } from '@revier/connector-sdk';
import { planQuestion } from '@revier/core';
import {
  Agreement,
  Answer,
  AppError,
  type Envelope,
  type HolderAnswer,
  type Me,
  type Problem,
  problemOf,
  type QueryState,
  type RegisterView,
  type ReleaseHeader,
  SignedQuery,
} from '@revier/schema';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import * as oauth from 'oauth4webapi';
import { BROKER, of, type SmallRealm } from './small-realm.case.ts';

export interface Script {
  /** Polls of the state until the answer is there; 0 answers the first request. */
  polls: number;
  /** Holders that refuse. */
  refusing: readonly string[];
  /** What an untrue broker does to an answer. */
  tamper: (answer: Answer) => Answer | Promise<Answer>;
  register: RegisterView;
  /** Whose key signs the releases of a holder. */
  signerOf: (holder: string) => string;
  /** Queries whose answer is swapped for that of another. */
  instead: Readonly<Record<string, string>>;
  /** A problem for each submission. */
  problem: Problem | undefined;
}

export interface ScriptedBroker {
  readonly url: string;
  readonly script: Script;
  readonly submissions: readonly VerifiedQuery[];
  readonly idempotencyKeys: readonly string[];
  reset(): void;
  close(): Promise<void>;
}

interface Running {
  readonly answer: Answer;
  pollsLeft: number;
}

/** @param issuer where people log in */
export async function startScriptedBroker(realm: SmallRealm, issuer: string): Promise<ScriptedBroker> {
  const first = (): Script => ({
    polls: 0,
    refusing: [],
    tamper: (answer) => answer,
    register: realm.register,
    signerOf: (holder) => holder,
    instead: {},
    problem: undefined,
  });
  const script = first();
  const submissions: VerifiedQuery[] = [];
  const idempotencyKeys: string[] = [];
  const running = new Map<string, Running>();
  const tickets = new Map<string, string>();
  const options = () => ({ trust: realm.trust, audience: BROKER, realm: 'test' as const, now: new Date() });
  const app = fastify();

  app.setErrorHandler((error, _, reply) => {
    const known =
      error instanceof ProblemError
        ? error.problem
        : error instanceof AppError
          ? problemOf(error.code, error.options)
          : problemOf('INTERNAL');
    return reply.status(known.status).type('application/problem+json').send(known);
  });
  app.get('/v1/trust', () => ({ trustList: realm.trustList, timestamp: null }));
  app.get('/v1/catalogue', () => ({ hash: realm.vocabulary.hash, catalogue: realm.vocabulary.catalogue }));
  app.get<{ Params: { hash: string } }>('/v1/documents/:hash', ({ params }) => ({
    document: realm.documents.get(params.hash),
  }));
  app.get('/v1/registers', () => ({ registers: [script.register] }));
  app.post('/v1/queries', async (request, reply) => {
    if (script.problem !== undefined) throw new ProblemError(script.problem);
    const query = await verifyQuery(SignedQuery.parse(request.body), options());
    const key = request.headers['idempotency-key']?.toString() ?? randomUUID();
    const again = running.get(tickets.get(key) ?? '');
    if (again !== undefined) {
      again.pollsLeft -= 1;
      if (again.pollsLeft > 0) return reply.status(202).send(stateOf(again.answer, true));
      return request.headers.accept === 'text/csv' ? csv(reply, again.answer) : again.answer;
    }
    submissions.push(query);
    idempotencyKeys.push(key);
    const answer = await script.tamper(await answerOf(realm, query, script));
    running.set(answer.queryId, { answer, pollsLeft: script.polls });
    tickets.set(key, answer.queryId);
    const waits = request.headers.prefer !== undefined;
    if (waits && script.polls === 0) return answer;
    return reply.status(202).send(stateOf(answer, true));
  });
  app.get<{ Params: { id: string } }>('/v1/queries/:id', async (request) => {
    const query = await own(request);
    query.pollsLeft -= 1;
    return stateOf(query.answer, query.pollsLeft > 0);
  });
  app.get<{ Params: { id: string } }>('/v1/queries/:id/answer', async (request, reply) => {
    const { answer } = await own(request);
    return request.headers.accept === 'text/csv' ? csv(reply, answer) : answer;
  });

  async function own(request: FastifyRequest<{ Params: { id: string } }>): Promise<Running> {
    await loggedIn(request);
    const { id } = request.params;
    const query = running.get(script.instead[id] ?? id);
    if (query === undefined) throw new AppError('NOT_FOUND');
    return query;
  }

  app.get('/v1/me', async (request): Promise<Me> => {
    const { iss, sub } = await loggedIn(request);
    return { issuer: iss, subject: sub, roles: ['researcher'], organisation: null, persons: [] };
  });
  async function loggedIn({ method, url, headers }: FastifyRequest): Promise<oauth.JWTAccessTokenClaims> {
    const { authorization, dpop } = headers;
    if (authorization === undefined || typeof dpop !== 'string') throw new AppError('UNAUTHENTICATED');
    const insecure = { [oauth.allowInsecureRequests]: true };
    const found = await oauth.discoveryRequest(new URL(issuer), insecure);
    const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
    const asked = new Request(`http://${headers.host}${url}`, { method, headers: { authorization, dpop } });
    return oauth.validateJwtAccessToken(server, asked, BROKER, { ...insecure, requireDPoP: true });
  }

  await app.listen({ host: '127.0.0.1', port: 0 });
  // A listening TCP server has an address with a port.
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    script,
    submissions,
    idempotencyKeys,
    reset: () => Object.assign(script, first()),
    close: () => app.close(),
  };
}

const csv = (reply: FastifyReply, answer: Answer) =>
  reply
    .type('text/csv')
    .send(`area,sex,rate\r\n${answer.cells.map(({ by }) => `${by.area},${by.sex},1`).join('\r\n')}\r\n`);

function stateOf({ queryId, submissionId, state, holders }: Answer, waiting: boolean): QueryState {
  const answered = waiting ? 1 : holders.filter(({ status }) => status === 'answered').length;
  const refused = waiting ? 0 : holders.length - answered;
  return {
    queryId,
    submissionId,
    state: waiting ? 'running' : state,
    progress: { tasks: holders.length, answered, refused, waiting: holders.length - answered - refused },
    deadline: new Date(Date.now() + 60_000).toISOString(),
  };
}

async function answerOf(realm: SmallRealm, query: VerifiedQuery, script: Script): Promise<Answer> {
  const { question } = query.envelope;
  const plan = planQuestion(question, realm.vocabulary);
  const holders = await Promise.all(plan.tasks.map((task) => partOf(realm, query, plan.questionHash, task, script)));
  const missing = holders.filter(({ status }) => status !== 'answered').length;
  return Answer.parse({
    queryId: randomUUID(),
    submissionId: query.submissionId,
    questionHash: plan.questionHash,
    realm: 'test',
    synthetic: true,
    state: missing === 0 ? 'complete' : 'partial',
    register: question.register,
    question,
    catalogue: plan.catalogue,
    dimensions: plan.dimensions,
    measures: [
      {
        name: 'rate',
        kind: 'direct-rate',
        per: 100_000,
        route: 'denominator-travels',
        note: { de: 'Rate', en: 'Rate' },
      },
    ],
    cells: ['low', 'high'].flatMap((area) =>
      ['F', 'M'].map((sex) => ({
        by: { area, sex },
        measures: {
          rate: area === 'low' ? { status: 'value', value: 12.3, lower: 10.1, upper: 14.9 } : { status: 'withheld' },
        },
      })),
    ),
    holders,
    coverage: { areas: [], years: [2016], excluded: [] },
    sentences: [],
    asked: new Date().toISOString(),
    answered: new Date().toISOString(),
  });
}

/** Of those that the query names. */
function agreementOver(dataset: string, { agreements }: RegisterView, envelope: Envelope): string {
  const found = agreements.find(({ hash, agreement: { payload } }) => {
    const { target } = Agreement.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return target === dataset && envelope.agreements.includes(hash);
  });
  return found?.hash ?? '';
}

async function partOf(
  realm: SmallRealm,
  { submissionId, envelope }: VerifiedQuery,
  questionHash: string,
  task: ReturnType<typeof planQuestion>['tasks'][number],
  script: Script,
): Promise<HolderAnswer> {
  const { dataset, holder } = task;
  const base = { holder, name: dataset.holderName, dataset: dataset.id };
  if (script.refusing.includes(holder))
    return { ...base, status: 'refused', reasons: [{ code: 'PURPOSE', pointer: '/purpose', hint: 'Not for this.' }] };
  const threshold = dataset.mode === 'L' ? { minCellSize: 10 } : {};
  const header: ReleaseHeader = {
    taskId: randomUUID(),
    submissionId,
    questionHash,
    iss: holder,
    aud: BROKER,
    realm: 'test',
    synthetic: dataset.synthetic,
    dataset: dataset.id,
    epoch: dataset.epoch,
    asOf: dataset.asOf,
    agreement: agreementOver(dataset.id, script.register, envelope),
    table: task.tableHash,
    mode: dataset.mode,
    ...threshold,
    body: `sha256:${'b'.repeat(64)}`,
    bytes: 100,
    iat: Math.floor(Date.now() / 1000),
  };
  const { signer } = of(realm.actors, script.signerOf(holder));
  const release = await signer.sign('revier-release+jws', header);
  return { ...base, status: 'answered', mode: dataset.mode, ...threshold, asOf: dataset.asOf, reasons: [], release };
}
