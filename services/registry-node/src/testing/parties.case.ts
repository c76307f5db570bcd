/** Who takes part in the tests: keys, a trust list that knows them, credentials. */
import { randomUUID } from 'node:crypto';
import {
  createSigner,
  generateKeyPair,
  type KeyPair,
  openTrustList,
  type QueryToSign,
  type Signer,
  signCredential,
  signGeneral,
  signQuery,
  submissionIdOf,
  type Trust,
} from '@revier/connector-sdk';
import { canonicalQuestion } from '@revier/core';
import {
  type Credential,
  type GeneralJws,
  type KeyId,
  type ParticipantId,
  type ParticipantRole,
  type QuestionInput,
  type RegisterId,
  type Sha256,
  type SignedQuery,
  type TrustList,
  timestampAt,
} from '@revier/schema';

export interface Party extends KeyPair {
  readonly id: ParticipantId;
  readonly signer: Signer;
}

export interface Parties {
  readonly broker: Party;
  readonly source: Party;
  readonly university: Party;
  /** A data user without any agreement. */
  readonly elsewhere: Party;
  readonly researcher: KeyPair & { readonly signer: Signer };
  readonly holders: ReadonlyMap<string, Party>;
  readonly trust: Trust;
  readonly trustList: GeneralJws;
  readonly pinnedSigners: readonly KeyId[];
  holder(slug: string): Party;
}

const DAY = 86_400;
export const seconds = (): number => Math.floor(Date.now() / 1000);
const zoned = (at: number): string => timestampAt(at * 1000);

async function party(slug: string): Promise<Party> {
  const keys = await generateKeyPair();
  return { ...keys, id: `did:web:${slug}.example`, signer: await createSigner(keys.privateKey) };
}

export async function makeParties(slugs: readonly string[]): Promise<Parties> {
  const [broker, source, university, elsewhere] = await Promise.all(
    ['broker', 'source', 'university', 'elsewhere'].map(party),
  );
  if (!broker || !source || !university || !elsewhere) throw new Error('a party is missing');
  const keys = await generateKeyPair();
  const holders = new Map(await Promise.all(slugs.map(async (slug) => [slug, await party(slug)] as const)));
  const [signing] = holders.values();
  if (signing === undefined) throw new Error('a trust list needs a holder');
  const entry = ({ id, kid, publicKey }: Party, role: ParticipantRole) => ({
    id,
    name: id,
    roles: [role],
    keys: [{ kid, key: publicKey }],
  });
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: zoned(seconds() - DAY),
    expires: zoned(seconds() + DAY),
    threshold: 1,
    signers: [signing.kid],
    participants: [
      entry(broker, 'broker'),
      entry(source, 'source'),
      { ...entry(university, 'data-user'), sector: 'public-body' },
      { ...entry(elsewhere, 'data-user'), sector: 'public-body' },
      ...[...holders.values()].map((holder) => entry(holder, 'data-holder')),
    ],
  };
  const trustList = await signGeneral('revier-trust-list+jws', list, [signing.privateKey]);
  const pinnedSigners = [signing.kid];
  return {
    broker,
    source,
    university,
    elsewhere,
    researcher: { ...keys, signer: await createSigner(keys.privateKey) },
    holders,
    trustList,
    pinnedSigners,
    trust: await openTrustList(trustList, { pinnedSigners, realm: 'test', now: new Date() }),
    holder(slug) {
      const found = holders.get(slug);
      if (found === undefined) throw new Error(`there is no holder ${slug}`);
      return found;
    },
  };
}

export interface Asking {
  readonly question: QuestionInput;
  readonly agreements: readonly Sha256[];
  readonly catalogue: Sha256;
  readonly lookups?: Readonly<Record<string, Sha256>>;
  /** Whatever a test wants otherwise. */
  readonly envelope?: Partial<QueryToSign>;
  readonly credential?: Partial<Credential>;
  /** Who vouches; the university when left out. */
  readonly by?: Party;
}

export interface Asked {
  readonly signedQuery: SignedQuery;
  readonly submissionId: Sha256;
}

/** A researcher of the university asks. */
export async function ask(parties: Parties, asking: Asking): Promise<Asked> {
  const { broker, university, researcher } = parties;
  const by = asking.by ?? university;
  const [iat, exp] = [seconds(), seconds() + 120];
  const register: RegisterId = asking.question.register;
  const person: Credential = {
    iss: by.id,
    sub: 'r17',
    key: researcher.publicKey,
    roles: ['researcher'],
    registers: [register],
    realm: 'test',
    iat,
    exp: iat + DAY,
    ...asking.credential,
  };
  const credential = await signCredential(person, by.signer);
  const envelope = {
    question: asking.question,
    agreements: [...asking.agreements],
    catalogue: asking.catalogue,
    lookups: { ...asking.lookups },
    realm: 'test' as const,
    iss: 'r17',
    aud: broker.id,
    jti: randomUUID(),
    iat,
    exp,
    ...asking.envelope,
  };
  const signedQuery = await signQuery({ ...envelope, signer: researcher.signer, credential });
  const submissionId = submissionIdOf({ ...envelope, question: canonicalQuestion(envelope.question) }, person);
  return { signedQuery, submissionId };
}
