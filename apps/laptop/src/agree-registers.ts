/** The registers of the example come into being as real ones do: standing policies at the holders, applications, and letters until both sides have signed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asDataUser, openParticipant, type RegisterSession, vocabularyOf } from '@revier/cli';
import {
  applyForRegister,
  createDataspaceClient,
  type NegotiationRecord,
  ProblemError,
  syncRegisters,
} from '@revier/connector-sdk';
import { canonicalQuestion, customaryDuties, type Vocabulary } from '@revier/core';
import { AppError, type Application, timestampAt } from '@revier/schema';
import { datasetId } from './describe-dataset.ts';
import type { FederationSpec, RegisterSpec } from './federation-spec.ts';
import { folders } from './folders.ts';
import { RESEARCHER } from './found-federation.ts';
import { giveStandingPolicy } from './standing-policy.ts';

export interface Agreeing {
  readonly spec: FederationSpec;
  readonly folder: string;
  /** Where the broker listens; every node of the example runs and can be reached. */
  readonly url: string;
  /** From when on the registers may be used: a year. */
  readonly from: Date;
}

const YEAR_MS = 365 * 86_400_000;
/** Letters of a dozen negotiations pass within seconds. */
const PATIENCE_MS = 300_000;

/**
 * How many agreements are in force, every one of them published.
 * @throws AppError NOT_READY when it takes too long, NOT_AGREED-like POLICY_INVALID with the holder's words when one ends otherwise
 */
export async function agreeRegisters(agreeing: Agreeing): Promise<number> {
  const { spec, folder, url } = agreeing;
  const until = Date.now() + PATIENCE_MS;
  for (const holder of spec.holders) await giveStandingPolicy({ folder, holder, dataUser: spec.dataUser.id });
  const clock = () => new Date();
  const participant = await untilDone(until, () => openParticipant(folders(folder).dataUser, { clock, broker: url }));
  const session = asDataUser(participant, false);
  const vocabulary = await allPublished(agreeing, session, until);
  for (const register of spec.registers)
    await applyForRegister(session.consumer, applicationFor(register, agreeing, vocabulary), vocabulary, {
      minCellSize: (holder) => spec.holders.find(({ id }) => id === holder)?.minCellSize ?? 10,
      duties: customaryDuties,
    });
  const agreements = await allSigned(session, until);
  await allShown(agreements, url, until);
  return agreements.length;
}

function applicationFor(
  { id: register, title, aim, legalBasis, recipientBasis, questions }: RegisterSpec,
  { spec, from }: Agreeing,
  vocabulary: Vocabulary,
): Application {
  const canonical = questions.map((question) => canonicalQuestion(question));
  const purpose = canonical[0]?.purpose;
  if (purpose === undefined) throw new Error(`${register} asks nothing.`);
  return {
    kind: 'application',
    ...{ register, realm: 'test', version: 1, dataUser: spec.dataUser.id, title, purpose, aim, hypotheses: [] },
    ...{ legalBasis, recipientBasis, questions: canonical, catalogue: vocabulary.hash },
    people: [{ person: RESEARCHER, role: 'researcher', lead: true }],
    author: RESEARCHER,
    publicationPlan: 'An open report within eighteen months; nothing but what was released.',
    from: timestampAt(from.getTime()),
    expires: timestampAt(from.getTime() + YEAR_MS),
    submitted: timestampAt(Date.now()),
  };
}

/** Questions can be planned once every dataset stands in the catalogue. */
async function allPublished({ spec }: Agreeing, session: RegisterSession, until: number): Promise<Vocabulary> {
  const wanted = spec.holders.flatMap(({ datasets }) => datasets.map(datasetId));
  return untilDone(until, async () => {
    const vocabulary = await vocabularyOf(session);
    if (wanted.every((id) => vocabulary.catalogue.datasets[id] !== undefined)) return vocabulary;
    throw new AppError('NOT_READY', { detail: 'Not every dataset is published yet.' });
  });
}

async function allSigned({ consumer }: RegisterSession, until: number): Promise<readonly string[]> {
  for (;;) {
    const negotiations = (await consumer.store.list()).flatMap((record) => record.negotiations);
    for (const one of negotiations) assertGoesOn(one);
    if (negotiations.every(({ state }) => state === 'FINALIZED'))
      return negotiations.flatMap(({ agreement }) => (agreement === null ? [] : [agreement.hash]));
    if (Date.now() > until) throw new AppError('NOT_READY', { detail: 'The agreements take too long to be signed.' });
    await syncRegisters(consumer, { waitSeconds: 2 });
  }
}

function assertGoesOn({ state, dataset, ended }: NegotiationRecord): void {
  if (state === 'TERMINATED')
    throw new AppError('POLICY_INVALID', {
      detail: `${dataset}: ${[ended?.code ?? '', ...(ended?.reasons ?? [])].join(' ')}`.slice(0, 1000),
    });
  if (state === 'OFFERED')
    throw new AppError('POLICY_INVALID', { detail: `${dataset}: the holder offers something else.` });
}

/** Whoever asks finds them. */
async function allShown(hashes: readonly string[], url: string, until: number): Promise<void> {
  const client = createDataspaceClient({ baseUrl: url });
  await untilDone(until, async () => {
    const shown = new Set(
      (await client.registers()).flatMap(({ agreements }) => agreements.map(({ hash }): string => hash)),
    );
    if (!hashes.every((hash) => shown.has(hash)))
      throw new AppError('NOT_READY', { detail: 'Not every agreement is published yet.' });
  });
}

/** Again while somebody is not ready. */
async function untilDone<T>(until: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || Date.now() > until) throw error;
      await sleep(100);
    }
  }
}

const passes = (error: unknown): boolean =>
  (error instanceof AppError && (error.code === 'NOT_READY' || error.code === 'TRUST_STALE')) ||
  (error instanceof ProblemError && error.problem.status === 503);
