/** What an operator does: invite, see who asks, draft the next trust list. */
import { DraftProposal, DraftStanding, EnrolmentList, Invitation, InvitationMade } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { invite } from '../use-cases/enrol.ts';
import { proposeDraft } from '../use-cases/propose-draft.ts';
import { assertOperator, EITHER } from './caller.ts';

const tags = ['operator'];
const LIST_LIMIT = 8 * 1024 * 1024;
const SHOWN = 100;

export function operatorRoutes(app: HttpApp, broker: () => Broker): void {
  app.post(
    '/v1/operator/invitations',
    {
      schema: {
        tags,
        security: EITHER,
        summary: 'Invite somebody new: the hash of a code that works once, for fifteen minutes',
        body: Invitation,
        response: { 200: InvitationMade },
      },
    },
    async (request) => {
      await assertOperator(broker(), request, 'enrolment.invite');
      return invite(broker(), request.body);
    },
  );
  app.get(
    '/v1/operator/enrolments',
    {
      schema: {
        tags,
        security: EITHER,
        summary: 'Who asks to stand in the trust list',
        response: { 200: EnrolmentList },
      },
    },
    async (request) => {
      await assertOperator(broker(), request, 'enrolment.list');
      const found = await broker().office.enrolments(SHOWN);
      return {
        enrolments: found.map(({ enrolment, received }) => ({
          enrolment,
          received: new Date(received).toISOString(),
        })),
      };
    },
  );
  app.put(
    '/v1/operator/draft',
    {
      bodyLimit: LIST_LIMIT,
      schema: {
        tags,
        security: EITHER,
        summary: 'Draft the next trust list; a draft before it is given up',
        body: DraftProposal,
        response: { 200: DraftStanding },
      },
    },
    async (request) => {
      await assertOperator(broker(), request, 'trust-list.draft');
      return proposeDraft(broker(), request.body.list);
    },
  );
}
