/** The agreements of a register as the person may rely on them: signed by both sides, for this register and this organisation. */
import { type VerifiedAgreement, verifyAgreement } from '@revier/connector-sdk';
import { type Agreement, AppError, type ParticipantId, type RegisterView } from '@revier/schema';
import type { Session } from './enter.ts';

/** Those in force before others, newest first: what is named and not in force is refused with its reason. @throws AppError POLICY_INVALID, what `verifyAgreement` throws */
export async function verifiedAgreements(
  { trust, clock, credential }: Session,
  register: RegisterView,
): Promise<VerifiedAgreement[]> {
  const opened = await Promise.all(
    register.agreements.map(async ({ holder, hash, agreement: jws, status = 'ACTIVE' }) => {
      const verified = await verifyAgreement(jws, trust, clock());
      assertListed(verified.agreement, holder, register);
      if (verified.hash !== hash) throw unfit(holder, 'is listed under another hash');
      return { verified, isActive: status === 'ACTIVE' };
    }),
  );
  return opened
    .filter(({ verified }) => verified.agreement.assignee === credential.iss)
    .sort(
      (a, b) =>
        Number(b.isActive) - Number(a.isActive) ||
        b.verified.agreement['rv:version'] - a.verified.agreement['rv:version'],
    )
    .map(({ verified }) => verified);
}

/** The list comes from the broker, which is not trusted: it may leave agreements out, but not relabel one. */
function assertListed(agreement: Agreement, holder: ParticipantId, register: RegisterView): void {
  if (agreement.assigner !== holder) throw unfit(holder, 'was given by another holder');
  if (agreement['rv:register'] !== register.id) throw unfit(holder, 'is for another register');
}

const unfit = (holder: ParticipantId, what: string): AppError =>
  new AppError('POLICY_INVALID', { detail: `The agreement that the broker lists for ${holder} ${what}.` });
