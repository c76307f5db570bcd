/** The desk: a question becomes a signed query, checked against register, agreements and catalogue before it leaves. */
import { randomUUID } from 'node:crypto';
import { loadVocabulary, signQuery, submissionIdOf } from '@revier/connector-sdk';
import { canonicalQuestion, type Plan, planQuestion, type Vocabulary } from '@revier/core';
import {
  AppError,
  type DatasetId,
  type Envelope,
  type Question,
  type QuestionInput,
  type RegisterView,
  type Sha256,
  type SignedQuery,
} from '@revier/schema';
import { agreedFor, assertAgreed, withHolders } from './choose-holders.ts';
import { reached, type Session } from './enter.ts';
import { verifiedAgreements } from './verified-agreements.ts';

/** Seconds that a person grants unless they say otherwise. */
export const DEFAULT_DEADLINE = 120;

export interface SignOptions {
  /** Seconds from now until the holders may no longer answer. */
  readonly deadlineSeconds?: number | undefined;
  /** Asks only what would be answered. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SignedQuestion {
  readonly signed: SignedQuery;
  readonly envelope: Omit<Envelope, 'question'>;
  readonly submissionId: Sha256;
  /** The Idempotency-Key of its submission: who knows it may repeat it and wait for the answer, so it is in nothing that nodes see. */
  readonly ticket: string;
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
  /** By dataset: the hash of the agreement under which it is asked. */
  readonly agreed: ReadonlyMap<DatasetId, Sha256>;
  readonly register: RegisterView;
}

/** @throws AppError INVALID_REQUEST, REGISTER_UNKNOWN, AGREEMENT_MISSING, LOOKUP_UNKNOWN, what planning throws; ProblemError */
export async function signQuestion(
  session: Session,
  input: QuestionInput,
  { deadlineSeconds = DEFAULT_DEADLINE, dryRun = false, signal }: SignOptions = {},
): Promise<SignedQuestion> {
  const { profile, client, trust, credential, clock } = session;
  const wish = canonicalQuestion(input);
  const register = await registerOf(session, wish, signal);
  const vocabulary = await reached(profile, () =>
    loadVocabulary(client, { trust, now: clock(), ...(signal === undefined ? {} : { signal }) }),
  );
  const agreements = await verifiedAgreements(session, register);
  assertAgreed(register, agreements);
  const question = withHolders(wish, vocabulary, agreements);
  const plan = planQuestion(question, vocabulary);
  const agreed = agreedFor(plan, agreements);
  const iat = Math.floor(clock().getTime() / 1000);
  const envelope = {
    agreements: [...agreed.values()],
    catalogue: vocabulary.hash,
    lookups: lookupsOf(question, vocabulary),
    realm: profile.realm,
    iss: credential.sub,
    aud: profile.brokerId,
    ...(dryRun ? { dryRun } : {}),
    jti: randomUUID(),
    iat,
    exp: iat + deadlineSeconds,
  };
  const { signer, credential: jws } = profile;
  return {
    signed: await signQuery({ ...envelope, question, signer, credential: jws }),
    envelope,
    ticket: randomUUID(),
    submissionId: submissionIdOf({ ...envelope, question }, credential),
    plan,
    vocabulary,
    agreed,
    register,
  };
}

async function registerOf({ profile, client }: Session, { register }: Question, signal?: AbortSignal) {
  const registers = await reached(profile, () => client.registers(signal));
  const found = registers.find(({ id }) => id === register);
  if (found === undefined) throw AppError.at('REGISTER_UNKNOWN', '/register', `The broker does not know ${register}.`);
  return found;
}

function lookupsOf({ by }: Question, { catalogue }: Vocabulary): Record<string, Sha256> {
  return Object.fromEntries(
    by.flatMap((dimension, at) => {
      if (!('lookup' in dimension)) return [];
      const hash = catalogue.lookups[dimension.lookup];
      if (hash === undefined)
        throw AppError.at('LOOKUP_UNKNOWN', `/by/${at}/lookup`, `${dimension.lookup} is not registered.`);
      return [[dimension.lookup, hash] as const];
    }),
  );
}
