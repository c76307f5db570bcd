/** The log on the loopback port: for whoever can show the node's own key, since it tells persons apart. */
import { Readable } from 'node:stream';
import { verifyAccess } from '@revier/connector-sdk';
import { AppError, Code, Timestamp } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { OwnLog, Self } from '../ports.ts';
import type { Erased } from '../use-cases/erase-openings.ts';
import type { Asked, WhoQuestion } from '../use-cases/who-asked.ts';

const Question = z.strictObject({
  about: z.array(Code).max(5).default([]),
  since: Timestamp.default('1970-01-01T00:00:00Z'),
  limit: z.int().min(1).max(10_000).default(1000),
  reader: z.string().min(1).max(200),
});

const nullable = z.string().nullable();
const WhoAsked = z
  .strictObject({
    asked: z.array(
      z.strictObject({
        index: z.int(),
        at: Timestamp,
        decision: z.string(),
        codes: z.array(z.string()).readonly(),
        person: nullable,
        organisation: nullable,
        register: nullable,
        purpose: nullable,
        dataset: nullable,
        mode: nullable,
        table: z
          .strictObject({
            model: z.string(),
            by: z.array(z.string()).readonly(),
            measures: z.array(z.string()).readonly(),
          })
          .nullable(),
        touches: z.enum(['named', 'included']).nullable(),
      }),
    ),
  })
  .meta({ id: 'WhoAsked' });

const Erasure = z.strictObject({ before: Timestamp.optional(), by: z.string().min(1).max(200) });
const ErasedView = z.strictObject({ erased: z.int().min(0), before: Timestamp }).meta({ id: 'OpeningsErased' });

export interface AuditDeps {
  /** @throws AppError unless the caller may */
  admit(authorization: string | undefined): Promise<void>;
  export: OwnLog['export'];
  who(question: WhoQuestion): Promise<readonly Asked[]>;
  /** Forgets whom entries before then are about; before the end of the retention when left out. */
  erase(before: Date | undefined, by: string): Promise<Erased>;
  /** A round of witnessing now. */
  round(): Promise<void>;
}

export function addAuditRoutes(app: HttpApp, deps: AuditDeps): void {
  app.get(
    '/v1/audit/export',
    {
      schema: {
        summary: 'The log as JSON lines, persons by commitment only; with a token signed by the key of the node',
      },
    },
    async (request, reply) => {
      await deps.admit(request.headers.authorization);
      await deps.round();
      return reply.type('application/x-ndjson').send(Readable.from(linesOf(deps)));
    },
  );
  app.post(
    '/v1/audit/who',
    {
      schema: {
        summary: 'Who asked about these codes, why, and what left; the reading is entered into the log',
        body: Question,
        response: { 200: WhoAsked },
      },
    },
    async (request) => {
      await deps.admit(request.headers.authorization);
      const { since, ...rest } = request.body;
      return { asked: [...(await deps.who({ ...rest, since: new Date(since) }))] };
    },
  );
  addErasing(app, deps);
}

function addErasing(app: HttpApp, deps: AuditDeps): void {
  app.post(
    '/v1/audit/erase',
    {
      schema: {
        summary: 'Forgets whom entries before a time are about; the log stays, and says that it was done',
        body: Erasure,
        response: { 200: ErasedView },
      },
    },
    async (request) => {
      await deps.admit(request.headers.authorization);
      const { before, by } = request.body;
      const done = await deps.erase(before === undefined ? undefined : new Date(before), by);
      return { erased: done.openings, before: done.before };
    },
  );
}

async function* linesOf(deps: AuditDeps): AsyncGenerator<string> {
  for await (const line of deps.export()) yield `${JSON.stringify(line)}\n`;
}

/** Other programs reach the loopback too: the token shows that the caller may read the node's folder. @throws AppError UNAUTHENTICATED, FORBIDDEN */
export const ownerOnly =
  ({ trust, participant, realm, now }: Self): AuditDeps['admit'] =>
  async (authorization) => {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AppError('UNAUTHENTICATED');
    const caller = await verifyAccess(token, { trust, audience: participant, realm, now: new Date(now()) });
    if (caller.participant.id !== participant) throw new AppError('FORBIDDEN');
  };
