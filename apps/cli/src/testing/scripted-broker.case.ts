/** A broker that follows a script: it checks what it is sent as a broker does, and answers figures that the test wrote. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { decodeRelease, encodeRelease, ProblemError, type VerifiedQuery, verifyQuery } from '@revier/connector-sdk';
import { contentHash, digest, mergeAnswer, type PlanTask, planQuestion, unverified } from '@revier/core';
import {
  Agreement,
  Answer,
  AnswerProof,
  AppError,
  type DryRunResult,
  type Envelope,
  type HolderAnswer,
  type Me,
  type Problem,
  problemOf,
  type QueryState,
  type Reason,
  type Receipt,
  type RegisterView,
  type ReleaseHeader,
  type ResultStatement,
  SignedQuery,
} from '@revier/schema';
import { cellsOf, writtenRelease } from '@revier/testkit';
import fastify, { type FastifyRequest } from 'fastify';
import * as oauth from 'oauth4webapi';
import { type PostOffice, postOffice } from './post-office.case.ts';
import { dryRunOf } from './scripted-dry-run.case.ts';
import { BROKER, of, type SmallRealm } from './small-realm.case.ts';

export interface Script {
  /** Polls of the state until the answer is there; 0 answers the first request. */
  polls: number;
  /** Holders that refuse. */
  refusing: readonly string[];
  /** What an untrue broker does to an answer. */
  tamper: (answer: Answer) => Answer | Promise<Answer>;
  /** And to what it is to be checked by. */
  tamperProof: (proof: AnswerProof) => AnswerProof | Promise<AnswerProof>;
  tamperDryRun: (result: DryRunResult) => DryRunResult;
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
  readonly post: PostOffice;
  reset(): void;
  close(): Promise<void>;
}

interface Running {
  readonly proof: AnswerProof;
  pollsLeft: number;
}

/** @param issuer where people log in */
export async function startScriptedBroker(realm: SmallRealm, issuer: string): Promise<ScriptedBroker> {
  const first = (): Script => ({
    polls: 0,
    refusing: [],
    tamper: (answer) => answer,
    tamperProof: (proof) => proof,
    tamperDryRun: (result) => result,
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
  const post = postOffice(app, realm);

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
  for (const path of ['/v1/catalogue', `/v1/catalogue/${realm.vocabulary.hash}`])
    app.get(path, () => ({ hash: realm.vocabulary.hash, catalogue: realm.vocabulary.catalogue }));
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
      if (again.pollsLeft > 0) return reply.status(202).send(stateOf(again.proof.answer, true));
      return again.proof;
    }
    submissions.push(query);
    idempotencyKeys.push(key);
    if (query.envelope.dryRun === true) return dryRunOf(realm, query, script);
    const proof = await proofOf(realm, query, script);
    running.set(proof.answer.queryId, { proof, pollsLeft: script.polls });
    tickets.set(key, proof.answer.queryId);
    const waits = request.headers.prefer !== undefined;
    if (waits && script.polls === 0) return proof;
    return reply.status(202).send(stateOf(proof.answer, true));
  });
  app.get<{ Params: { id: string } }>('/v1/queries/:id', async (request) => {
    const query = await own(request);
    query.pollsLeft -= 1;
    return stateOf(query.proof.answer, query.pollsLeft > 0);
  });
  app.get<{ Params: { id: string } }>('/v1/queries/:id/answer', async (request) => (await own(request)).proof);

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
    post,
    reset: () => Object.assign(script, first()),
    close: () => app.close(),
  };
}

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

async function proofOf(realm: SmallRealm, query: VerifiedQuery, script: Script): Promise<AnswerProof> {
  const { question } = query.envelope;
  const plan = planQuestion(question, realm.vocabulary);
  const parts = await Promise.all(plan.tasks.map((task) => partOf(realm, query, plan.questionHash, task, script)));
  const given = parts.filter(({ body }) => body !== undefined);
  const merged = mergeAnswer({
    plan,
    vocabulary: realm.vocabulary,
    parts: parts.flatMap(({ task, body }) => (body === undefined ? [] : [{ task, body: decoded(body) }])),
    absent: new Map(parts.flatMap(({ part }) => (part.status === 'answered' ? [] : [[part.dataset, part.status]]))),
  });
  const honest = Answer.parse({
    queryId: randomUUID(),
    submissionId: query.submissionId,
    questionHash: plan.questionHash,
    realm: 'test',
    synthetic: true,
    state: given.length === parts.length ? 'complete' : given.length > 0 ? 'partial' : 'failed',
    register: question.register,
    question,
    catalogue: plan.catalogue,
    ...merged,
    holders: parts.map(({ part }) => part),
    sentences: [],
    asked: new Date().toISOString(),
    answered: new Date().toISOString(),
  });
  const answer = await script.tamper(honest);
  const bodies = given.flatMap(({ body }) => (body ? [[digest(body), Buffer.from(body).toString('base64')]] : []));
  const proof = { answer, result: await resultOf(realm, answer), bodies: Object.fromEntries(bodies) };
  return AnswerProof.parse(await script.tamperProof(proof));
}

const decoded = (body: Uint8Array) => decodeRelease(body, { bytes: body.length, sha256: digest(body) });

/** A lying broker signs its lies. */
function resultOf(realm: SmallRealm, answer: Answer): Promise<string> {
  const digests = (kind: 'release' | 'receipt') =>
    answer.holders.flatMap((part) => (part[kind] === undefined ? [] : [digest(Buffer.from(part[kind]))])).sort();
  const { queryId, submissionId, questionHash } = answer;
  const statement: ResultStatement = {
    ...{ queryId, submissionId, questionHash, answer: contentHash(answer) },
    ...{ releases: digests('release'), refusals: digests('receipt') },
  };
  return of(realm.actors, 'broker').signer.sign('revier-result+jws', statement);
}

/** Of those that the query names. */
function agreementOver(dataset: string, { agreements }: RegisterView, envelope: Envelope): string {
  const found = agreements.find(({ hash, agreement }) => {
    const { target } = Agreement.parse(unverified(agreement));
    return target === dataset && envelope.agreements.includes(hash);
  });
  return found?.hash ?? '';
}

interface GivenPart {
  readonly task: PlanTask;
  readonly part: HolderAnswer;
  readonly body?: Uint8Array;
}

async function partOf(
  realm: SmallRealm,
  { submissionId, envelope }: VerifiedQuery,
  questionHash: string,
  task: PlanTask,
  script: Script,
): Promise<GivenPart> {
  const { dataset, holder } = task;
  const base = { holder, name: dataset.holderName, dataset: dataset.id };
  const { signer } = of(realm.actors, script.signerOf(holder));
  const said = {
    ...{ taskId: randomUUID(), submissionId, iss: holder, aud: BROKER, realm: 'test' as const },
    iat: Math.floor(Date.now() / 1000),
  };
  if (script.refusing.includes(holder)) {
    const reasons: Reason[] = [{ code: 'PURPOSE', pointer: '/purpose', hint: 'Not for this.' }];
    const refusal: Receipt = { ...said, attempt: 1, decision: 'refused', reasons };
    const receipt = await signer.sign('revier-receipt+jws', refusal);
    return { task, part: { ...base, status: 'refused', reasons, receipt } };
  }
  const threshold = dataset.mode === 'L' ? { minCellSize: 10 } : {};
  const body = bodyOf(realm, task);
  const header: ReleaseHeader = {
    ...said,
    questionHash,
    synthetic: dataset.synthetic,
    dataset: dataset.id,
    epoch: dataset.epoch,
    asOf: dataset.asOf,
    agreement: agreementOver(dataset.id, script.register, envelope),
    table: task.tableHash,
    mode: dataset.mode,
    ...threshold,
    body: digest(body),
    bytes: body.length,
  };
  const release = await signer.sign('revier-release+jws', header);
  const { mode, asOf } = dataset;
  return { task, body, part: { ...base, status: 'answered', mode, ...threshold, asOf, reasons: [], release } };
}

/** Everybody has 10,000 inhabitants; the first area a rate of 12.3, the second one that is withheld. */
function bodyOf({ vocabulary }: SmallRealm, task: PlanTask): Uint8Array {
  const area = task.table.by.findIndex(({ variable }) => variable === 'area');
  const figures = { sum: () => 10_000, count: first(area, 50), 'direct-rate': first(area, 12.3) };
  const release = writtenRelease(task, cellsOf(task, vocabulary), (measure, cell) =>
    figures[task.table.measures[measure]?.kind ?? 'sum'](cell),
  );
  return encodeRelease(release);
}

const first =
  (area: number, figure: number) =>
  (cell: readonly number[]): number | undefined =>
    cell[area] === 0 ? figure : undefined;
