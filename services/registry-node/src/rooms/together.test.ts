/** Whom a node masks for and opens with: exactly the agreed members, each by its own signature; whatever else a broker shows is refused. */
import { createSigner, makeSumSecret, type Signer, trustOf } from '@revier/connector-sdk';
import { canonicalQuestion, contentHash, type Plan, planQuestion, togetherOf } from '@revier/core';
import { dataModels, type Participant, type Receipt, ReleaseHeader, type Sha256 } from '@revier/schema';
import { describeDataset, smallVocabulary } from '@revier/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Self } from '../ports.ts';
import { type Signed, signAgreement } from '../testing/agreement.case.ts';
import { makeParties, type Parties, seconds } from '../testing/parties.case.ts';
import { Refusal } from './refusal.ts';
import { membersAgreed, type SumFacts, verifyDelivered, verifyRoster } from './together.ts';

const slugs = ['clinic-1', 'clinic-2', 'clinic-3', 'clinic-4', 'clinic-5'];
const four = slugs.slice(0, 4);
const model = dataModels.rehabEpisode;
const vocabulary = smallVocabulary(four.map((holder) => describeDataset({ holder, model, mode: 'F', coverage: [] })));
const question = {
  register: 'urn:revier:register:rehab',
  purpose: 'ehds:PublicHealthSurveillance',
  aggregates: { patients: { model: model.id, count: 'persons' } },
  by: [{ variable: 'sex' }],
};
const submission: Sha256 = `sha256:${'a'.repeat(64)}`;
const id = (slug: string): string => `did:web:${slug}.example`;

let parties: Parties;
let plan: Plan;
let facts: SumFacts;
beforeAll(async () => {
  parties = await makeParties(slugs);
  plan = planQuestion(canonicalQuestion(question), vocabulary);
  const [own] = togetherOf(plan.tasks);
  if (own === undefined) throw new Error('nobody is asked');
  facts = { agreement: submission, plan, own, task: { submissionId: submission } };
});

const agreed = (members: readonly string[] | undefined): Promise<Signed> =>
  signAgreement(parties, parties.holder('clinic-1'), {
    ...{ vocabulary, dataset: 'urn:revier:dataset:clinic-1-rehab-episode-1', questions: [question] },
    change: ({ 'rv:coMembers': _, ...rest }) =>
      members === undefined ? rest : { ...rest, 'rv:coMembers': members.map(id).sort() },
  });

/** @param change what the trust list says of a participant */
async function selfWith(change: (one: Participant) => Participant = (one) => one, least?: number): Promise<Self> {
  const { broker, trust } = parties;
  const own = parties.holder('clinic-1');
  const list = { ...trust.list, participants: trust.list.participants.map(change) };
  return {
    ...{ participant: own.id, realm: 'test', broker: broker.id, signer: own.signer, now: Date.now },
    trust: trustOf(list, Date.now),
    floor: {
      ...{ kind: 'floor', holder: own.id, realm: 'test', minCellSize: 5, publicDatasets: [], maxDimensions: 5 },
      ...{ maxCells: 1000, modes: ['F'], ...(least === undefined ? {} : { minContributingNodes: least }) },
    },
  };
}

async function members(of: Signed, self?: Self) {
  const { agreement, hash, jws } = of;
  const stored = { agreement, hash, signed: jws, signedBy: [], lineage: hash, author: null, approvals: [] };
  const agreements = { named: async () => [{ ...stored, application: null, activatedAt: 0 }] };
  return membersAgreed({ ...facts, agreement: hash }, { self: self ?? (await selfWith()), agreements });
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof Refusal ? error.reasons.map(({ code, pointer }) => `${code} ${pointer}`).join() : String(error),
  );

describe('the members', () => {
  it('are those of the agreement', async () => {
    expect((await members(await agreed(four))).map((member) => member.id)).toEqual(four.map(id));
  });

  it.each<[string, readonly string[] | undefined]>([
    ['an agreement that fixes nobody', undefined],
    ['one that fixes fewer', four.slice(0, 3)],
    ['one that fixes more', slugs],
    ['one that fixes another', [...four.slice(0, 3), 'clinic-5']],
  ])('are refused under %s', async (_, fixed) => {
    expect(await refusal(members(await agreed(fixed)))).toBe('MEMBERS_INVALID /rv:coMembers');
  });

  it('are refused where two of them are of one organisation', async () => {
    const self = await selfWith((one) => (one.id === id('clinic-4') ? { ...one, organisation: id('clinic-3') } : one));
    expect(await refusal(members(await agreed(four), self))).toBe('MEMBERS_INVALID /rv:coMembers');
  });

  it('are refused where one is no data holder any more, or the floor asks for more', async () => {
    const gone = await selfWith((one) => (one.id === id('clinic-4') ? { ...one, roles: ['source'] } : one));
    expect(await refusal(members(await agreed(four), gone))).toBe('MEMBERS_INVALID /rv:coMembers');
    expect(await refusal(members(await agreed(four), await selfWith(undefined, 5)))).toBe('MIN_NODES /rv:coMembers');
  });
});

const secrets = new Map(slugs.map((slug) => [slug, makeSumSecret()]));

function receipt(slug: string, change: Partial<Extract<Receipt, { decision: 'accepted' }>> = {}, by?: Signer) {
  const said: Receipt = {
    taskId: '00000000-0000-4000-8000-000000000001',
    ...{ submissionId: submission, iss: id(slug), aud: parties.broker.id, realm: 'test', attempt: 1, iat: seconds() },
    ...{ decision: 'accepted', agreement: submission, table: facts.own.tableHash },
    sum: { attempt: 1, key: secrets.get(slug)?.x ?? '' },
    ...change,
  };
  return (by ?? parties.holder(slug).signer).sign('revier-receipt+jws', said);
}

async function roster(receipts: readonly Promise<string>[]) {
  const shown = { attempt: 1, receipts: await Promise.all(receipts) };
  const own = { secret: secrets.get('clinic-1') ?? makeSumSecret(), receipt: '', masked: null, isOpened: false };
  return verifyRoster(shown, facts, await members(await agreed(four)), { self: await selfWith(), own });
}

const others = () => four.slice(0, 3).map((slug) => receipt(slug));

describe('a roster', () => {
  it('is masked for when every member has signed for this table and attempt', async () => {
    const { keys, digest } = await roster(four.map((slug) => receipt(slug)));
    expect([...keys.keys()].sort()).toEqual(four.map(id));
    expect((await roster(four.toReversed().map((slug) => receipt(slug)))).digest).toBe(digest);
  });

  it.each<[string, () => Promise<string>[], string]>([
    ['with a member less', others, '/sum/receipts'],
    ['with an invented member', () => [...others(), receipt('clinic-5')], '/sum/receipts'],
    ['with a member more', () => [...others(), receipt('clinic-4'), receipt('clinic-5')], '/sum/receipts'],
    ['with a member twice', () => [...others(), receipt('clinic-3')], '/sum/receipts/3'],
    [
      'with a receipt that the broker has signed',
      () => [...others(), receipt('clinic-4', {}, parties.broker.signer)],
      '/sum/receipts/3',
    ],
    [
      'with one that another member has signed',
      () => [...others(), receipt('clinic-4', {}, parties.holder('clinic-5').signer)],
      '/sum/receipts/3',
    ],
    [
      'with one of another submission',
      () => [...others(), receipt('clinic-4', { submissionId: contentHash('other') })],
      '/sum/receipts/3',
    ],
    [
      'with one of another table',
      () => [...others(), receipt('clinic-4', { table: contentHash('other') })],
      '/sum/receipts/3',
    ],
    [
      'with one of another attempt',
      () => [...others(), receipt('clinic-4', { sum: { attempt: 2, key: makeSumSecret().x } })],
      '/sum/receipts/3',
    ],
    [
      'with one from another realm',
      () => [...others(), receipt('clinic-4', { realm: 'production' })],
      '/sum/receipts/3',
    ],
    [
      'with another key for this node',
      () => [
        receipt('clinic-1', { sum: { attempt: 1, key: makeSumSecret().x } }),
        ...['clinic-2', 'clinic-3', 'clinic-4'].map((slug) => receipt(slug)),
      ],
      '/sum/receipts',
    ],
    [
      'with one key for two members',
      () => [...others(), receipt('clinic-4', { sum: { attempt: 1, key: secrets.get('clinic-3')?.x ?? '' } })],
      '/sum/receipts',
    ],
  ])('is refused %s', async (_, receipts, pointer) => {
    expect(await refusal(roster(receipts()))).toBe(`MEMBERS_INVALID ${pointer}`);
  });
});

describe('opening', () => {
  const sum = {
    submission,
    attempt: 1,
    roster: contentHash('roster'),
    members: four.map(id),
    seed: contentHash('s'),
    variance: 3,
  };
  const header = (slug: string, change: Partial<ReleaseHeader> = {}, by?: Signer) => {
    const said = ReleaseHeader.parse({
      taskId: '00000000-0000-4000-8000-000000000001',
      ...{
        submissionId: submission,
        questionHash: plan.questionHash,
        iss: id(slug),
        aud: parties.broker.id,
        realm: 'test',
      },
      ...{ synthetic: true, dataset: `urn:revier:dataset:${slug}-rehab-episode-1`, epoch: '0123456789abcdef' },
      ...{ asOf: '2026-01-01T00:00:00Z', agreement: submission, table: facts.own.tableHash, mode: 'F', minCellSize: 5 },
      ...{ sum, body: contentHash('body'), bytes: 10, iat: seconds(), ...change },
    });
    return (by ?? parties.holder(slug).signer).sign('revier-release+jws', said);
  };
  const masked = () => ({
    ...{ seed: '', sum, header: '', cells: [], body: { bytes: new Uint8Array(), hash: contentHash('body') } },
    roster: { submission, attempt: 1, digest: sum.roster, keys: new Map<string, string>() },
  });
  const opened = async (releases: readonly Promise<string>[]) =>
    verifyDelivered(await Promise.all(releases), masked(), facts, await selfWith());
  const three = () => four.slice(0, 3).map((slug) => header(slug));

  it('follows when exactly the members of the roster have delivered', async () => {
    expect(await refusal(opened(four.map((slug) => header(slug))))).toBe('accepted');
  });

  it.each<[string, () => Promise<string>[], string]>([
    ['fewer have delivered', three, '/sum/releases'],
    ['a stranger has delivered instead', () => [...three(), header('clinic-5')], '/sum/releases'],
    ['one has delivered twice', () => [...three(), header('clinic-3')], '/sum/releases'],
    [
      'one stands for another roster',
      () => [...three(), header('clinic-4', { sum: { ...sum, roster: contentHash('other') } })],
      '/sum/releases/3',
    ],
    [
      'one stands for another attempt',
      () => [...three(), header('clinic-4', { sum: { ...sum, attempt: 2 } })],
      '/sum/releases/3',
    ],
    [
      'one has added noise of another law',
      () => [...three(), header('clinic-4', { sum: { ...sum, variance: 2 } })],
      '/sum/releases/3',
    ],
    [
      'one belongs to another submission',
      () => [...three(), header('clinic-4', { submissionId: contentHash('x') })],
      '/sum/releases/3',
    ],
    [
      'one was signed by the broker',
      () => [...three(), header('clinic-4', {}, parties.broker.signer)],
      '/sum/releases/3',
    ],
  ])('is refused when %s', async (_, releases, pointer) => {
    expect(await refusal(opened(releases()))).toBe(`MEMBERS_INVALID ${pointer}`);
  });
});

it('a key that nobody knows signs for nobody', async () => {
  const unknown = await createSigner(parties.researcher.privateKey);
  expect(await refusal(roster([...others(), receipt('clinic-4', {}, unknown)]))).toBe(
    'MEMBERS_INVALID /sum/receipts/3',
  );
});
