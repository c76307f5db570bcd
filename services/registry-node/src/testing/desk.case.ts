/** People at the registry's desk in tests: they read the inbox over the admin port, and sign with keys of their own. */
import { accessToken, createSigner, signGeneral } from '@revier/connector-sdk';
import {
  type ApprovalRole,
  type ApprovalStatement,
  type InboxEntry,
  InboxList,
  InboxView,
  LimitedDraft,
  type LimitStatement,
  type LimitWishes,
  type Opinion,
  Problem,
  type Sha256,
  type StandingPolicy,
} from '@revier/schema';
import type { RunningNode } from '../node-options.ts';
import { type Federation, until } from './federation.case.ts';
import { makePerson, type TestPerson } from './people.case.ts';

export interface DeskStaff {
  readonly steward: TestPerson;
  readonly signatory: TestPerson;
  readonly deputy: TestPerson;
  readonly committee: TestPerson;
  readonly officer: TestPerson;
  /** The steward again, with another key and in another role. */
  readonly again: TestPerson;
}

export const makeDeskStaff = async (): Promise<DeskStaff> => ({
  steward: await makePerson('Erika Muster', 'steward'),
  signatory: await makePerson('Max Beispiel', 'signatory'),
  deputy: await makePerson('Dana Neu', 'deputy-steward'),
  committee: await makePerson('Karl Rat', 'committee'),
  officer: await makePerson('Olga Amt', 'data-protection-officer'),
  again: await makePerson('erika  MUSTER', 'deputy-signatory'),
});

export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly pointers: readonly string[];
  readonly json: unknown;
}

export interface DeskInTest {
  node: RunningNode;
  entries(): Promise<InboxEntry[]>;
  /** The entry of this negotiation, once it is in this state. */
  entry(
    consumer: { readonly id: string } | { readonly draft: string } | { readonly title: string },
    state: InboxEntry['state'],
  ): Promise<InboxEntry>;
  view(id: string): Promise<InboxView>;
  approve(
    draft: Sha256 | null,
    by: TestPerson,
    role: ApprovalRole,
    change?: Partial<ApprovalStatement>,
  ): Promise<Answered>;
  reject(draft: Sha256 | null, by: TestPerson, role: ApprovalRole, reason: string): Promise<Answered>;
  opine(draft: Sha256 | null, by: TestPerson): Promise<Answered>;
  limit(
    entry: InboxEntry,
    by: TestPerson,
    wishes: LimitWishes,
  ): Promise<Answered & { readonly draft: LimitedDraft | undefined }>;
  give(
    policy: Partial<StandingPolicy> & Pick<StandingPolicy, 'when' | 'decides'>,
    ...by: readonly TestPerson[]
  ): Promise<Answered>;
  call(path: string, body?: unknown, authorization?: string): Promise<Answered>;
}

const seconds = (): number => Math.floor(Date.now() / 1000);

export function deskOf(federation: Federation, node: RunningNode): DeskInTest {
  const registry = federation.parties.holder('registry');
  const base = () => ({ node: registry.id, realm: 'test' as const, iat: seconds(), exp: seconds() + 600 });
  const token = () =>
    accessToken({ signer: registry.signer, iss: registry.id, aud: registry.id, realm: 'test', now: new Date() });
  const call: DeskInTest['call'] = async (path, body, authorization) => {
    const reply = await fetch(`${desk.node.adminUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: authorization ?? `Bearer ${await token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await reply.json();
    const problem = reply.ok ? undefined : Problem.parse(json);
    return {
      status: reply.status,
      code: problem?.code,
      pointers: problem?.errors?.map((one) => one.pointer) ?? [],
      json,
    };
  };
  const word = async (kind: 'revier-approval+jws' | 'revier-opinion+jws', statement: object, by: TestPerson) => {
    const signer = await createSigner(by.pair.privateKey);
    return call('/v1/inbox/words', { statement: await signer.sign(kind, statement) });
  };
  const bare = (id: string): string => id.replace('urn:uuid:', '');
  const desk: DeskInTest = {
    node,
    call,
    entries: async () => InboxList.parse((await call('/v1/inbox')).json).entries,
    entry: (of, state) =>
      until(
        async () =>
          (await desk.entries()).find(
            (one) =>
              one.state === state &&
              ('id' in of ? one.id === of.id : 'draft' in of ? one.draft === of.draft : one.title?.en === of.title),
          ),
        () => `there is no such entry in ${state}`,
      ),
    view: async (id) => InboxView.parse((await call(`/v1/inbox/${bare(id)}`)).json),
    approve: (draft, by, role, change = {}) =>
      word(
        'revier-approval+jws',
        { kind: 'approval', ...base(), agreement: draft, decision: 'approve', role, ...change },
        by,
      ),
    reject: (draft, by, role, reason) =>
      word(
        'revier-approval+jws',
        { kind: 'approval', ...base(), agreement: draft, decision: 'reject', role, reason },
        by,
      ),
    opine(draft, by) {
      const said = {
        verdict: 'conditions',
        text: 'Fine, with care.',
        conditions: ['no maps'],
      } satisfies Partial<Opinion>;
      return word('revier-opinion+jws', { kind: 'opinion', ...base(), agreement: draft, ...said }, by);
    },
    async limit(entry, by, wishes) {
      const prepared = await call(`/v1/inbox/${bare(entry.id)}/limited`, { wishes });
      const draft = LimitedDraft.safeParse(prepared.json).data;
      if (draft === undefined) return { ...prepared, draft };
      const signer = await createSigner(by.pair.privateKey);
      const statement: LimitStatement = {
        ...{ kind: 'limit', ...base(), negotiation: entry.id, draft: draft.draft, agreement: draft.hash },
      };
      const signed = await signer.sign('revier-limit+jws', statement);
      const done = await call(`/v1/inbox/${bare(entry.id)}/limit`, { agreement: draft.agreement, statement: signed });
      return { ...done, draft };
    },
    async give(policy, ...by) {
      const whole: StandingPolicy = {
        kind: 'standing-policy',
        ...base(),
        name: 'usual',
        reason: 'as always',
        ...policy,
      };
      const keys = by.map(({ pair }) => pair.privateKey);
      return call('/v1/policies', await signGeneral('revier-standing-policy+jws', whole, keys));
    },
  };
  return desk;
}
