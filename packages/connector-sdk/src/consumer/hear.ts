/** The consumer's state machine, pure: a word of the holder goes in, the next record and what has to be answered come out. */
import { admitAgreement, agreementOf, contentHash, negotiate, widerPlaces } from '@revier/core';
import {
  type Agreement,
  AppError,
  type DspMessage,
  type JwsSignature,
  type PolicyOffer,
  type StatusStatement,
} from '@revier/schema';
import type { NegotiationWord } from '../negotiation/message.ts';
import type { NegotiationRecord } from './records.ts';

/** What the holder says, verified. */
export interface HeardWord {
  readonly id: string;
  readonly word: NegotiationWord;
  readonly message: DspMessage;
  /** With AGREED, and verified to be the holder's under that very agreement; else undefined. */
  readonly half: JwsSignature | undefined;
  /** When it was read. */
  readonly now: Date;
}

/** What a consumer answers by itself, or at a person's word. */
export type Intent =
  | { readonly say: 'verify' }
  | { readonly say: 'accept' }
  | { readonly say: 'request'; readonly offer: PolicyOffer }
  | { readonly say: 'terminate'; readonly code: string; readonly reason: string };

export interface Hearing {
  readonly record: NegotiationRecord;
  readonly intent: Intent | undefined;
}

export interface HearOptions {
  /** Accepts what only takes away, without asking a person. */
  readonly acceptLimits: boolean;
}

/** Difference of clocks that is tolerated, in milliseconds. */
const SKEW_MS = 120_000;

/** A word that was heard, that is of another negotiation, or that may not be said now changes nothing but the notes. */
export function hear(record: NegotiationRecord, heard: HeardWord, options: HearOptions): Hearing {
  if (record.heard.includes(heard.id)) return { record, intent: undefined };
  const noted: NegotiationRecord = { ...record, heard: [...record.heard, heard.id] };
  const { message, word, now } = heard;
  const providerPid = message.providerPid ?? null;
  if (providerPid === null || (record.providerPid !== null && record.providerPid !== providerPid))
    return { record: withNote(noted, now, `${word}: it names another negotiation of the holder`), intent: undefined };
  const state = negotiate(record.state, word, 'provider');
  if (state === null)
    return {
      record: withNote(noted, now, `${word}: it cannot be said in the state ${record.state}`),
      intent: undefined,
    };
  const next: NegotiationRecord = { ...noted, providerPid, state, since: now.toISOString() };
  if (message['@type'] === 'ContractNegotiationTerminationMessage')
    return { record: { ...next, ended: endOf(record, message) }, intent: undefined };
  if (record.withdrawn) return { record: next, intent: end('WITHDRAWN', 'It is not needed any more.') };
  if (message['@type'] === 'ContractOfferMessage') return offered(next, message.offer, options);
  if (message['@type'] === 'ContractAgreementMessage') return agreed(record, next, message.agreement, heard);
  return { record: next, intent: undefined };
}

export const withNote = (record: NegotiationRecord, now: Date, note: string): NegotiationRecord => ({
  ...record,
  notes: [...record.notes, { at: now.toISOString(), note: note.slice(0, 2000) }].slice(-100),
});

const end = (code: string, reason: string): Intent => ({ say: 'terminate', code, reason });

const endOf = (
  { holder }: NegotiationRecord,
  { code, reason }: { readonly code?: string | undefined; readonly reason?: string[] | undefined },
) => ({ by: holder, code: code ?? null, reasons: reason ?? [] });

/** Waits for a person, unless it only takes away and that was allowed beforehand. */
function offered(next: NegotiationRecord, proposed: PolicyOffer, { acceptLimits }: HearOptions): Hearing {
  const record = { ...next, proposed };
  if (proposed.target !== next.dataset || proposed['rv:register'] !== next.offer['rv:register'])
    return { record, intent: end('OTHER_SUBJECT', 'It is about another dataset or register.') };
  const isNarrower = acceptLimits && widerPlaces(next.offer, proposed).length === 0;
  return { record, intent: isNarrower ? { say: 'accept' } : undefined };
}

function agreed(before: NegotiationRecord, next: NegotiationRecord, agreement: Agreement, heard: HeardWord): Hearing {
  const terms = before.state === 'ACCEPTED' ? before.proposed : before.offer;
  const fault =
    heard.half === undefined ? 'It is not signed by the holder.' : faultOf(before, terms, agreement, heard.now);
  if (fault !== undefined || heard.half === undefined)
    return { record: next, intent: end('AGREEMENT_DIFFERS', fault ?? '') };
  const hash = contentHash(agreement);
  return {
    record: { ...next, agreement: { hash, agreement, assigner: heard.half, signed: null } },
    intent: { say: 'verify' },
  };
}

/** Exactly what was requested or accepted; the name of the document and the holder's own legal assessment are the holder's to write. */
function faultOf(
  { requested }: NegotiationRecord,
  terms: PolicyOffer | null,
  agreement: Agreement,
  now: Date,
): string | undefined {
  if (terms === null) return 'Nothing was agreed on.';
  try {
    if (!isWhatWasMeant(terms, agreement)) return 'It is not what was requested or accepted.';
    admitAgreement(agreement);
  } catch (error) {
    if (error instanceof AppError) return 'It is no valid agreement, or for somebody else.';
    throw error;
  }
  const at = Date.parse(agreement.timestamp);
  return at >= Date.parse(requested) - SKEW_MS && at <= now.getTime() + SKEW_MS
    ? undefined
    : 'It is dated before the request, or in the future.';
}

function isWhatWasMeant(terms: PolicyOffer, agreement: Agreement): boolean {
  const { '@id': id, 'rv:legalAssessment': _, ...got } = agreement;
  const { timestamp, assignee } = agreement;
  const { 'rv:legalAssessment': __, ...wanted } = { ...agreementOf(terms, { assignee, timestamp }), '@id': id };
  return contentHash({ ...got, '@id': id }) === contentHash(wanted);
}

/** A statement of the holder about the agreement of this negotiation; the order in which they come does not matter. */
export function hearStatus(record: NegotiationRecord, statement: StatusStatement): NegotiationRecord {
  const isOwn = record.agreement?.hash === statement.agreement && record.holder === statement.by;
  const text = JSON.stringify(statement);
  const isKnown = record.statuses.some((one) => JSON.stringify(one) === text);
  return isOwn && !isKnown ? { ...record, statuses: [...record.statuses, statement] } : record;
}
