/** The loopback port: is the node well, what has it decided, and the way to stop it. Nothing here names a person or shows a figure. */
import {
  DatasetId,
  DisclosureMode,
  OpenStop,
  ParticipantId,
  Realm,
  RegisterId,
  Sha256,
  Timestamp,
} from '@revier/schema';
import { forLoopbackOnly, type HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import { auditDecisions, type PastDecision } from '../ports.ts';
import { addStopRoutes, type StopRoutes } from './stop.ts';

export const NodeStatus = z
  .strictObject({
    participant: ParticipantId,
    realm: Realm,
    state: z.enum(['running', 'stopped']),
    /** The stop that holds; null also in the moment before it stands in the records. */
    stop: OpenStop.nullable(),
    broker: z.strictObject({ id: ParticipantId, connected: z.boolean(), published: z.boolean() }),
    /** Stale: no timestamp of the last hour; nothing is answered until there is one. */
    trust: z.strictObject({
      version: z.int().min(1),
      state: z.enum(['fresh', 'stale']),
      freshUntil: Timestamp.nullable(),
    }),
    datasets: z.array(
      z.strictObject({
        id: DatasetId,
        mode: DisclosureMode,
        epoch: z.string(),
        asOf: Timestamp,
        synthetic: z.boolean(),
      }),
    ),
    agreements: z.array(
      z.strictObject({ hash: Sha256, register: RegisterId, dataset: DatasetId, dataUser: ParticipantId }),
    ),
    /** The audit log: its length, the newest checkpoint, how far others have cosigned it, and what is wrong with others' logs. */
    log: z.strictObject({
      size: z.int(),
      checkpoint: z.int().nullable(),
      witnessed: z.strictObject({ size: z.int(), by: z.int() }).nullable(),
      faults: z.array(z.strictObject({ origin: z.string(), fault: z.string() })).readonly(),
    }),
  })
  .meta({ id: 'NodeStatus' });
export type NodeStatus = z.infer<typeof NodeStatus>;

export const DecisionList = z
  .strictObject({
    decisions: z.array(
      z.strictObject({
        at: Timestamp,
        decision: z.enum(auditDecisions),
        codes: z.array(z.string()),
        /** From the audit log: query, agreement, table and mode by their hashes; register, purpose and organisation by name. */
        facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
      }),
    ),
  })
  .meta({ id: 'DecisionList' });

const DecisionQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) });

export interface AdminDeps extends StopRoutes {
  status(): Promise<NodeStatus>;
  decisions(limit: number): Promise<readonly PastDecision[]>;
}

export function addAdminRoutes(app: HttpApp, deps: AdminDeps): void {
  forLoopbackOnly(app);
  app.get(
    '/v1/status',
    { schema: { summary: 'What this node is and whether it works', response: { 200: NodeStatus } } },
    async () => deps.status(),
  );
  app.get(
    '/v1/decisions',
    {
      schema: {
        summary: 'What was asked and decided of late, without persons',
        querystring: DecisionQuery,
        response: { 200: DecisionList },
      },
    },
    async ({ query }) => ({
      decisions: (await deps.decisions(query.limit)).map((one) => ({ ...one, codes: [...one.codes] })),
    }),
  );
  addStopRoutes(app, deps);
}
