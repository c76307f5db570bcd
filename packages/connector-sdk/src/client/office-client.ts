/** The enrolment office of a broker, seen from outside: asking to stand in the list, inviting, drafting, signing. */
import {
  type DraftSignature,
  DraftStanding,
  DraftView,
  type EnrolmentDelivery,
  EnrolmentList,
  type GeneralJws,
  type Invitation,
  InvitationMade,
  type Sha256,
  type TrustList,
  type TrustView,
} from '@revier/schema';
import type { TrustReads } from '../trust/catch-up.ts';
import { createInner, type HttpOptions, jsonOf } from './inner.ts';
import { type LetterCalls, letterCalls } from './letter-calls.ts';
import { publicReads } from './public-reads.ts';
import { bearerOf, type Identity } from './token-keeper.ts';

export interface OfficeClientOptions extends Omit<HttpOptions, 'authorize'> {
  /** Not needed to ask for a place, or to bring a list. */
  readonly identity?: Identity;
  readonly clock: () => Date;
}

/** Every call throws ProblemError (the broker says no) or ConnectionError (no broker). Nothing of what it says is verified. */
export interface OfficeClient extends TrustReads, LetterCalls {
  enrol(delivery: EnrolmentDelivery): Promise<void>;
  sendTrust(view: TrustView): Promise<void>;
  invite(code: Sha256): Promise<InvitationMade>;
  enrolments(): Promise<EnrolmentList['enrolments']>;
  propose(list: TrustList): Promise<DraftStanding>;
  draft(): Promise<DraftView>;
  sign(signed: GeneralJws): Promise<DraftStanding>;
}

export function createOfficeClient({ identity, clock, ...options }: OfficeClientOptions): OfficeClient {
  const http = createInner(identity === undefined ? options : { ...options, authorize: bearerOf(identity, clock) });
  const { trust, trustListOf } = publicReads(createInner(options));
  return {
    trust,
    trustListOf,
    ...letterCalls(http),
    enrol: async (json) => void (await http({ method: 'POST', path: '/v1/enrolments', json })),
    sendTrust: async (json) => void (await http({ method: 'PUT', path: '/v1/trust', json })),
    async invite(code) {
      const json: Invitation = { code };
      return jsonOf(InvitationMade, await http({ method: 'POST', path: '/v1/operator/invitations', json }));
    },
    enrolments: async () => jsonOf(EnrolmentList, await http({ path: '/v1/operator/enrolments' })).enrolments,
    propose: async (list) =>
      jsonOf(DraftStanding, await http({ method: 'PUT', path: '/v1/operator/draft', json: { list } })),
    draft: async () => jsonOf(DraftView, await http({ path: '/v1/trust/draft' })),
    async sign(signed) {
      const json: DraftSignature = { signed };
      return jsonOf(DraftStanding, await http({ method: 'POST', path: '/v1/trust/draft/signatures', json }));
    },
  };
}
