/** Enrolment at the broker: a code lets a request in, and nothing more; admission is the operator's, the list the holders'. */
import { hashOfSecret, verifyEnrolment } from '@revier/connector-sdk';
import {
  AppError,
  type EnrolmentDelivery,
  INVITATION_MINUTES,
  type Invitation,
  type InvitationMade,
} from '@revier/schema';
import type { Broker } from '../ports.ts';
import { enrolmentEntry, enrolmentRefusedEntry, invitedEntry } from '../trust-entries.ts';

/** @throws AppError REPLAYED */
export async function invite({ office, now, logger }: Broker, { code }: Invitation): Promise<InvitationMade> {
  const expires = now() + INVITATION_MINUTES * 60_000;
  if (!(await office.invite(code, expires, { entry: invitedEntry(expires), at: now() })))
    throw new AppError('REPLAYED');
  logger.info('somebody is invited');
  return { expires: new Date(expires).toISOString() };
}

/** @throws AppError CODE_INVALID, whether it is unknown, used, over, or not the one that was signed; what `verifyEnrolment` throws */
export async function receiveEnrolment(broker: Broker, { secret, enrolment: jws }: EnrolmentDelivery): Promise<void> {
  const { trust, participant: audience, realm, office, log, logger } = broker;
  const now = broker.now();
  const refused = async (error: unknown): Promise<never> => {
    if (error instanceof AppError) await log.append(enrolmentRefusedEntry(jws, error.code));
    throw error;
  };
  const options = { trust, audience, realm, now: new Date(now) };
  const { enrolment } = await verifyEnrolment(jws, options).catch(refused);
  const code = secret === null ? null : hashOfSecret(secret);
  // A request that brings no code is one that the outgoing key has signed: `verifyEnrolment` lets no other through.
  if (enrolment.code !== code || !(await office.enrol(jws, code, { entry: enrolmentEntry(enrolment), at: now })))
    await refused(new AppError('CODE_INVALID'));
  logger.info({ participant: enrolment.id, rotation: enrolment.replaces !== null }, 'somebody asks to be enrolled');
}
