/** Values that mean something to a broker of two cities: what a generated request needs to come through its door. */
import {
  type Authorize,
  accessToken,
  cosign,
  generateKeyPair,
  hashOfSecret,
  makeInvitation,
  originOf,
  parseNote,
  readInvitation,
  type Signer,
  signCheckpoint,
  signEnrolment,
  signGeneral,
  withoutParticipant,
} from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { TrustList, TrustView } from '@revier/schema';
import { deprivation } from '@revier/testkit';
import { BROKER, REGISTER, USER } from './data-space.case.ts';
import { CITY_A, CITY_B, one, type TwoCities } from './two-cities.case.ts';

export interface Pool {
  /** By the name of the parameter, header or body that they can stand for. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
  readonly tokens: readonly Authorize[];
  readonly release: Buffer;
}

export async function poolOf({ federation, cityA, erika, max, submit, finish }: TwoCities): Promise<Pool> {
  const answered = await submit();
  await finish();
  const cancelled = await submit();
  await federation.fetchAs(erika, `/v1/queries/${answered}/answer`, { headers: { prefer: 'wait=30' } });
  await federation.fetchAs(erika, `/v1/queries/${cancelled}`, { method: 'DELETE' });
  const bearer =
    (token: string): Authorize =>
    async () => ({ authorization: `Bearer ${token}` });
  const open = await submit(600);
  const task = await one(cityA);
  const { header, body } = await cityA.release(task);
  const { signer } = federation.member(CITY_A);
  const { hash, catalogue } = await federation.asPerson(erika).catalogue();
  const receipt = { decision: 'refused', reasons: [{ code: 'PURPOSE', pointer: '/permission/0', hint: 'no' }] };
  const { taskId, submissionId, iss, aud, realm, iat } = header;
  const said = { taskId, submissionId, iss, aud, realm, iat, attempt: 1 };
  const receipts = [await signer.sign('revier-receipt+jws', { ...said, ...receipt }), 'a.b.c'];
  const [dataset] = Object.entries(catalogue.datasets).filter(([id]) => id.includes('city-a'));
  const description = await federation.asPerson(erika).document(dataset?.[1] ?? hash);
  const document = await signer.sign('revier-document+jws', deprivation);
  return {
    values: {
      queryId: [answered, cancelled, open, await dryRunOf(federation, erika)],
      taskId: [taskId],
      hash: [hash, contentHash(deprivation), header.body],
      wait: [0],
      'revier-release': [await signer.sign('revier-release+jws', header)],
      'last-event-id': ['complete-2-0', 'accepted-0-0'],
      'POST /v1/queries': await Promise.all([1, 2, 3, 4].map(() => federation.sign(erika, { seconds: 600 }))),
      'POST /v1/node/tasks/{taskId}/receipt': receipts.map((one) => ({ receipt: one })),
      'PUT /v1/node/offer': [{ description, agreements: [federation.agreements.get(dataset?.[0] ?? '')?.jws] }],
      'PUT /v1/node/documents': [{ documents: [document] }],
      version: [1],
      ...(await trustValues(federation)),
      ...(await logValues(federation)),
    },
    tokens: [
      erika.authorize,
      max.authorize,
      bearer(await accessToken({ signer, iss: CITY_A, aud: BROKER, realm: 'test', now: new Date() })),
      bearer('a.b.c'),
      async () => ({}),
      bearer(await operatorToken(federation)),
    ],
    release: Buffer.from(body),
  };
}

async function operatorToken({ member }: TwoCities['federation']): Promise<string> {
  const { signer } = member(BROKER);
  return accessToken({ signer, iss: BROKER, aud: BROKER, realm: 'test', now: new Date() });
}

/** The list in force, a draft of the next one with a signature, and people who ask to stand in it. */
async function trustValues(federation: TwoCities['federation']): Promise<Record<string, readonly unknown[]>> {
  const view = TrustView.parse(await (await fetch(`${federation.url()}/v1/trust`)).json());
  const list = TrustList.parse(unverified(view.trustList));
  const draft = withoutParticipant(list, 'did:web:city-b.example', { now: new Date() });
  const signed = await signGeneral('revier-trust-list+jws', draft, [federation.member(BROKER).keys.privateKey]);
  const enrolments = Array.from({ length: 4 }, async () => {
    const { secret } = readInvitation(makeInvitation(list).code);
    const headers = { authorization: `Bearer ${await operatorToken(federation)}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ code: hashOfSecret(secret) });
    await fetch(`${federation.url()}/v1/operator/invitations`, { method: 'POST', headers, body });
    const enrolment = await signEnrolment({
      ...{ id: 'did:web:ninth.example', name: 'Ninth', roles: ['data-holder'], aud: BROKER, realm: 'test' },
      code: hashOfSecret(secret),
      privateKey: (await generateKeyPair()).privateKey,
      now: new Date(),
    });
    return { secret, enrolment };
  });
  return {
    'PUT /v1/trust': [view],
    'POST /v1/enrolments': await Promise.all(enrolments),
    'POST /v1/operator/invitations': [{ code: contentHash('a') }],
    'PUT /v1/operator/draft': [{ list: draft }],
    'POST /v1/trust/draft/signatures': [{ signed }],
  };
}

/** One's own log at its beginning, and a word on that of the neighbour, which hangs there already. */
async function logValues({ member, url }: TwoCities['federation']): Promise<Pool['values']> {
  const beginning = (id: string) => {
    const checkpoint = { origin: originOf(id, 'test'), size: 1, hash: Buffer.alloc(32, 1) };
    return { note: signCheckpoint(checkpoint, member(id).signer), from: 0, proof: [] };
  };
  const theirs = beginning(CITY_B);
  const token = await accessToken({
    signer: member(CITY_B).signer,
    iss: CITY_B,
    aud: BROKER,
    realm: 'test',
    now: new Date(),
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`${url()}/v1/node/checkpoint`, { method: 'PUT', headers, body: JSON.stringify(theirs) });
  const seconds = Math.floor(Date.now() / 1000);
  const witness = { name: originOf(CITY_A, 'test'), signer: member(CITY_A).signer, seconds };
  const line = cosign(parseNote(theirs.note).text, witness);
  return {
    'PUT /v1/node/checkpoint': [beginning(CITY_A)],
    'PUT /v1/node/cosignature': [{ origin: originOf(CITY_B, 'test'), size: 1, line }],
    'POST /v1/letters': [{ to: USER, letter: await statusOf(member(CITY_A).signer) }],
    'PUT /v1/node/statuses': [{ statuses: [await statusOf(member(CITY_A).signer)] }],
    after: [0, 1],
    register: [REGISTER],
    'PUT /v1/node/withdrawal': [{ withdrawal: await withdrawalOf(member(CITY_A).signer) }],
  };
}

/** Nobody assesses it, so that it has come to its result when its time is over. */
async function dryRunOf(federation: TwoCities['federation'], erika: TwoCities['erika']): Promise<string> {
  const query = await federation.sign(erika, { seconds: 1, change: (envelope) => ({ ...envelope, dryRun: true }) });
  const submitted = await federation.asPerson(erika).submit(query);
  if (submitted.kind !== 'state') throw new Error('A result before anybody was asked.');
  const { queryId } = submitted.state;
  await federation.fetchAs(erika, `/v1/queries/${queryId}/dry-run`, { headers: { prefer: 'wait=10' } });
  return queryId;
}

const withdrawalOf = (signer: Signer) =>
  signer.sign('revier-withdrawal+jws', {
    ...{ kind: 'withdrawal', iss: CITY_A, aud: BROKER, realm: 'test', reason: 'contract', iat: 1 },
    releases: [{ submission: `sha256:${'0'.repeat(64)}`, dataset: 'urn:revier:dataset:any' }],
  });

const statusOf = (signer: Signer) =>
  signer.sign('revier-status+jws', {
    ...{ kind: 'agreement-status', agreement: `sha256:${'0'.repeat(64)}`, seq: 1, status: 'ACTIVE', by: CITY_A },
    ...{ realm: 'test', at: '2026-01-01T00:00:00Z' },
  });
