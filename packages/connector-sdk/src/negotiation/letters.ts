/** A letter as the relay and its reader see it: one of four kinds, each of which says itself whom it is from. */
import {
  AppError,
  type Closure,
  type CompactJws,
  type DutyReport,
  letterKinds,
  type ParticipantId,
  type StatusStatement,
} from '@revier/schema';
import { claimedKind } from '../signatures/header.ts';
import { type VerifiedNegotiation, type VerifyNegotiationOptions, verifyNegotiation } from './message.ts';
import { verifyClosure, verifyDutyReport, verifyStatus } from './statements.ts';

export type LetterKind = (typeof letterKinds)[number];

export type VerifiedLetter =
  | { readonly kind: 'revier-negotiation+jws'; readonly from: ParticipantId; readonly negotiation: VerifiedNegotiation }
  | { readonly kind: 'revier-closure+jws'; readonly from: ParticipantId; readonly closure: Closure }
  | { readonly kind: 'revier-duty+jws'; readonly from: ParticipantId; readonly report: DutyReport }
  | { readonly kind: 'revier-status+jws'; readonly from: ParticipantId; readonly statement: StatusStatement };

const isLetter = (kind: string): kind is LetterKind => letterKinds.some((one) => one === kind);

/**
 * Whoever is not concerned gets no letter: negotiations say whom they are to; closures and reports go to data holders, statuses to data users.
 * @throws AppError SIGNATURE_TYPE for what is no letter, WRONG_AUDIENCE for a recipient without that role; as the verifier of its kind
 */
export async function verifyLetter(jws: CompactJws, options: VerifyNegotiationOptions): Promise<VerifiedLetter> {
  const kind = claimedKind(jws);
  if (!isLetter(kind)) throw new AppError('SIGNATURE_TYPE', { detail: 'This is nothing that is sent as a letter.' });
  if (kind === 'revier-negotiation+jws') {
    const negotiation = await verifyNegotiation(jws, options);
    return { kind, from: negotiation.from, negotiation };
  }
  const { trust, to } = options;
  const role = kind === 'revier-status+jws' ? 'data-user' : 'data-holder';
  if (trust.participant(to)?.roles.includes(role) !== true) throw new AppError('WRONG_AUDIENCE');
  if (kind === 'revier-closure+jws') {
    const closure = await verifyClosure(jws, options);
    return { kind, from: closure.dataUser, closure };
  }
  if (kind === 'revier-duty+jws') {
    const report = await verifyDutyReport(jws, options);
    return { kind, from: report.by, report };
  }
  const statement = await verifyStatus(jws, options);
  return { kind, from: statement.by, statement };
}
