/** Requests at the broker that verify against the list in force; the others are nobody's. */
import { type VerifiedEnrolment, verifyEnrolment } from '@revier/connector-sdk';
import type { ParticipantSession } from '../../participant/participant-session.ts';

export interface ListedRequest extends VerifiedEnrolment {
  readonly received: string;
}

/** What the broker shows is taken apart and checked here: neither its word nor its fingerprints count. */
export async function verifiedRequests({ own, keeper, office, clock }: ParticipantSession): Promise<ListedRequest[]> {
  const options = { trust: keeper, audience: own.broker.id, realm: own.realm, now: clock() };
  const listed = (await office.enrolments()).map(({ enrolment, received }) =>
    verifyEnrolment(enrolment, options).then(
      (verified) => [{ ...verified, received }],
      () => [],
    ),
  );
  return (await Promise.all(listed)).flat();
}
