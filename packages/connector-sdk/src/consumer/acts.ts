/** What a person does with a register: apply, change, decide on counter-offers, close, report duties. Written down first, sent afterwards. */
import { randomUUID } from 'node:crypto';
import { type DraftedOffer, type OfferTerms, offersOf, type Vocabulary } from '@revier/core';
import {
  AppError,
  type Application,
  type CompactJws,
  DSP_CONTEXT,
  type DutyReport,
  type RegisterId,
} from '@revier/schema';
import { signNegotiation } from '../negotiation/message.ts';
import { signApplication, signClosure, signDutyReport } from '../negotiation/statements.ts';
import type { Intent } from './hear.ts';
import { dutiesOf, isStanding, isUnderWay } from './life.ts';
import type { NegotiationRecord, Outgoing, RegisterRecord } from './records.ts';
import { say } from './say.ts';
import { type Consumer, replaced, type SyncOutcome, sendOutgoing } from './sync.ts';

/** Where answers go: by way of the broker, whoever the holder is. */
const CALLBACK = 'urn:revier:letters';

type Change = (record: RegisterRecord) => Promise<RegisterRecord>;
export type Sent = Pick<SyncOutcome, 'sent' | 'stuck'>;

/** @throws AppError FORBIDDEN where it was applied for before; as `offersOf` */
export const applyForRegister = (
  consumer: Consumer,
  application: Application,
  vocabulary: Vocabulary,
  terms: OfferTerms = {},
): Promise<Sent> =>
  consumer.store.alone(async () => {
    if ((await consumer.store.find(application.register)) !== undefined)
      throw new AppError('FORBIDDEN', { detail: `${application.register} was applied for before: amend it.` });
    const drafted = offersOf(application, vocabulary, terms);
    const signed = await signApplication(application, consumer.self.signer);
    await consumer.store.put(
      await withRequests(
        consumer,
        {
          ...{ kind: 'register-record', register: application.register, applications: [signed], closed: null },
          ...{ negotiations: [], outgoing: [] },
        },
        drafted,
        signed,
      ),
    );
    return sendOutgoing(consumer);
  });

export interface Amendment {
  readonly application: Application;
  readonly vocabulary: Vocabulary;
  readonly terms?: OfferTerms;
  readonly tightening?: boolean;
}

/** A new version: every dataset is negotiated afresh; where an agreement stands, the offer replaces it and budgets carry over. */
export const amendRegister = (
  consumer: Consumer,
  { application, vocabulary, terms, tightening = false }: Amendment,
): Promise<Sent> =>
  changed(consumer, application.register, async (record) => {
    const inForce = (dataset: string) => {
      const agreement = record.negotiations.findLast((one) => one.dataset === dataset && isStanding(one))?.agreement;
      if (agreement === undefined || agreement === null) return undefined;
      return { hash: agreement.hash, version: agreement.agreement['rv:version'] };
    };
    const drafted = offersOf(application, vocabulary, { ...terms, inForce, tightening });
    const open = record.negotiations.filter(isUnderWay).map(({ dataset }) => dataset);
    const twice = drafted.filter(({ dataset }) => open.includes(dataset)).map(({ dataset }) => dataset);
    if (twice.length > 0)
      throw new AppError('FORBIDDEN', { detail: `Still under negotiation, to be ended first: ${twice.join(', ')}.` });
    const signed = await signApplication(application, consumer.self.signer);
    const next = { ...record, applications: [...record.applications, signed], closed: null };
    return withRequests(consumer, next, drafted, signed);
  });

async function withRequests(
  { self, clock }: Consumer,
  record: RegisterRecord,
  drafted: readonly DraftedOffer[],
  application: CompactJws,
): Promise<RegisterRecord> {
  const now = clock();
  const begun = drafted.map((one) => ({ ...one, consumerPid: `urn:uuid:${randomUUID()}` }));
  const outgoing = await Promise.all(
    begun.map(async ({ holder, offer, consumerPid }): Promise<Outgoing> => {
      const message = {
        ...{ '@context': [DSP_CONTEXT] as [typeof DSP_CONTEXT], '@type': 'ContractRequestMessage' as const },
        ...{ consumerPid, offer, callbackAddress: CALLBACK },
      };
      const head = { kind: 'negotiation' as const, id: randomUUID(), from: self.id, to: holder, realm: self.realm };
      const iat = Math.floor(now.getTime() / 1000);
      return { to: holder, letter: await signNegotiation({ ...head, iat, message, application }, self.signer) };
    }),
  );
  const negotiations = begun.map(
    ({ holder, dataset, offer, consumerPid }): NegotiationRecord => ({
      ...{
        holder,
        dataset,
        consumerPid,
        providerPid: null,
        state: 'REQUESTED',
        offer,
        proposed: null,
        agreement: null,
      },
      ...{ since: now.toISOString(), requested: now.toISOString(), heard: [], statuses: [], duties: [], ended: null },
      ...{ withdrawn: false, notes: [] },
    }),
  );
  return {
    ...record,
    negotiations: [...record.negotiations, ...negotiations],
    outgoing: [...record.outgoing, ...outgoing],
  };
}

/** A person's word in one negotiation. @throws AppError NOT_FOUND, POLICY_INVALID when it cannot be said now */
export const sayInNegotiation = (
  consumer: Consumer,
  register: RegisterId,
  dataset: string,
  intent: Intent,
): Promise<Sent> =>
  changed(consumer, register, async (record) => {
    const negotiation = record.negotiations.findLast((one) => one.dataset === dataset);
    if (negotiation === undefined) throw new AppError('NOT_FOUND', { detail: `${dataset} was not applied for.` });
    return saidIn(consumer, record, negotiation, intent);
  });

async function saidIn(
  { self, clock }: Consumer,
  record: RegisterRecord,
  negotiation: NegotiationRecord,
  intent: Intent,
): Promise<RegisterRecord> {
  // Before its first word the holder has no name for the negotiation; it is told as soon as it has.
  if (intent.say === 'terminate' && negotiation.providerPid === null)
    return replaced(record, { ...negotiation, withdrawn: true });
  const said = await say(negotiation, intent, self, clock());
  return { ...replaced(record, said.record), outgoing: [...record.outgoing, said.outgoing] };
}

/** Holders end what is in force (COMPLETED); what is under way is ended here. @throws AppError NOT_FOUND */
export const closeRegister = (
  consumer: Consumer,
  register: RegisterId,
  application: string,
  reason: string,
): Promise<Sent> =>
  changed(consumer, register, async (record) => {
    const { self, clock } = consumer;
    const at = clock().toISOString();
    let next: RegisterRecord = { ...record, closed: at };
    for (const negotiation of record.negotiations.filter(isUnderWay))
      next = await saidIn(consumer, next, negotiation, { say: 'terminate', code: 'CLOSED', reason });
    const holders = new Set(
      record.negotiations.filter((one) => isUnderWay(one) || isStanding(one)).map(({ holder }) => holder),
    );
    const letter = await signClosure(
      { kind: 'closure', register, realm: self.realm, dataUser: self.id, application, reason, at },
      self.signer,
    );
    return { ...next, outgoing: [...next.outgoing, ...[...holders].map((to) => ({ to, letter }))] };
  });

/** To every holder that it is owed to, or for one dataset. @throws AppError NOT_FOUND when nobody is owed it */
export const reportDuty = (
  consumer: Consumer,
  register: RegisterId,
  {
    duty,
    evidence,
    dataset,
  }: { readonly duty: string; readonly evidence: string; readonly dataset?: string | undefined },
): Promise<Sent> =>
  changed(consumer, register, async (record) => {
    const { self, clock } = consumer;
    const owed = dutiesOf(record).filter(
      (one) => one.duty === duty && one.done === null && (dataset === undefined || one.record.dataset === dataset),
    );
    if (owed.length === 0) throw new AppError('NOT_FOUND', { detail: `Nobody is owed ${duty} any more.` });
    const doneAt = clock().toISOString();
    let next = record;
    for (const { record: negotiation } of owed) {
      if (negotiation.agreement === null) continue;
      const { hash } = negotiation.agreement;
      const report: DutyReport = {
        kind: 'duty-report',
        agreement: hash,
        duty,
        realm: self.realm,
        by: self.id,
        evidence,
        doneAt,
      };
      const letter = await signDutyReport(report, self.signer);
      next = {
        ...replaced(next, { ...negotiation, duties: [...negotiation.duties, { duty, evidence, doneAt }] }),
        outgoing: [...next.outgoing, { to: negotiation.holder, letter }],
      };
    }
    return next;
  });

const changed = (consumer: Consumer, register: RegisterId, change: Change): Promise<Sent> =>
  consumer.store.alone(async () => {
    const record = await consumer.store.find(register);
    if (record === undefined) throw new AppError('NOT_FOUND', { detail: `${register} was never applied for here.` });
    await consumer.store.put(await change(record));
    return sendOutgoing(consumer);
  });
