/** The loopback port in an incident: recipients and withdrawal, for whoever can show the node's own key. */
import { CompactJws, DatasetId, RecipientList, Sha256, Timestamp } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { Concerned, Withdrawn } from '../use-cases/incident.ts';
import type { AuditDeps } from './audit.ts';

const concerned = {
  submission: Sha256.optional(),
  dataset: DatasetId.optional(),
  since: Timestamp.default('1970-01-01T00:00:00Z'),
};
const RecipientQuestion = z.strictObject({ ...concerned, reader: z.string().min(1).max(200) });
const WithdrawalRequest = z.strictObject({ ...concerned, reason: z.string().min(1).max(500) });
const WithdrawalDone = z
  .strictObject({ statement: CompactJws, releases: z.int(), told: z.boolean() })
  .meta({ id: 'WithdrawalDone' });

export interface IncidentRoutes {
  readonly admit: AuditDeps['admit'];
  recipients(of: Concerned, reader: string): Promise<RecipientList['recipients']>;
  withdraw(of: Concerned, reason: string): Promise<Withdrawn>;
}

export function addIncidentRoutes(app: HttpApp, deps: IncidentRoutes): void {
  app.post(
    '/v1/recipients',
    {
      schema: {
        summary: 'Whom a result or a dataset has reached; the reading is entered into the log',
        body: RecipientQuestion,
        response: { 200: RecipientList },
      },
    },
    async ({ headers, body: { reader, since, ...of } }) => {
      await deps.admit(headers.authorization);
      return { recipients: await deps.recipients({ ...of, since: new Date(since) }, reader) };
    },
  );
  app.post(
    '/v1/withdraw',
    {
      schema: {
        summary: 'Withdraw what has left: a signed statement, told to the broker if it can be reached',
        body: WithdrawalRequest,
        response: { 200: WithdrawalDone },
      },
    },
    async ({ headers, body: { reason, since, ...of } }) => {
      await deps.admit(headers.authorization);
      return { ...(await deps.withdraw({ ...of, since: new Date(since) }, reason)) };
    },
  );
}
