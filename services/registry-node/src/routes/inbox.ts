/** The inbox on the loopback port, for whoever can read the node's folder: what waits, how it looks, and what people have signed about it. */
import {
  Agreement,
  GeneralJws,
  InboxEntry,
  InboxList,
  InboxView,
  LimitedDraft,
  LimitHandedIn,
  LimitWishes,
  Pid,
  Sha256,
  SignedWord,
  StandingPolicyList,
  Uuid,
} from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';

const Id = z.strictObject({ id: Uuid });
const pidOf = ({ id }: z.infer<typeof Id>): Pid => Pid.parse(`urn:uuid:${id}`);
const Name = z.strictObject({ name: z.string().min(1).max(60) });
const LimitRequest = z
  .union([z.strictObject({ wishes: LimitWishes }), z.strictObject({ edited: Agreement })])
  .meta({ id: 'LimitRequest' });
const PolicyGiven = z.strictObject({ hash: Sha256 }).meta({ id: 'PolicyGiven' });

export interface InboxRoutes {
  /** @throws AppError unless the caller may */
  admit(authorization: string | undefined): Promise<void>;
  list(): Promise<InboxEntry[]>;
  view(id: Pid): Promise<InboxView>;
  prepareLimit(id: Pid, how: z.infer<typeof LimitRequest>): Promise<LimitedDraft>;
  limit(id: Pid, given: LimitHandedIn): Promise<InboxEntry>;
  handIn(word: SignedWord): Promise<InboxEntry>;
  policies(): Promise<StandingPolicyList>;
  givePolicy(signed: GeneralJws): Promise<Sha256>;
  endPolicy(name: string, by: string): Promise<void>;
}

/** Agreements with large lattices are long. */
const BODY_LIMIT = 8_000_000;

export function addInboxRoutes(app: HttpApp, deps: InboxRoutes): void {
  app.get(
    '/v1/inbox',
    { schema: { summary: 'Applications: what waits for whom, and what became of it', response: { 200: InboxList } } },
    async ({ headers }) => {
      await deps.admit(headers.authorization);
      return { entries: await deps.list() };
    },
  );
  app.get(
    '/v1/inbox/:id',
    {
      schema: {
        summary: 'One application in words, against template, findings and past questions',
        params: Id,
        response: { 200: InboxView },
      },
    },
    async ({ headers, params }) => {
      await deps.admit(headers.authorization);
      return deps.view(pidOf(params));
    },
  );
  addWords(app, deps);
  addPolicies(app, deps);
}

function addWords(app: HttpApp, deps: InboxRoutes): void {
  app.post(
    '/v1/inbox/:id/limited',
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        summary: 'Prepare a limited draft; nothing changes by it',
        params: Id,
        body: LimitRequest,
        response: { 200: LimitedDraft },
      },
    },
    async ({ headers, params, body }) => {
      await deps.admit(headers.authorization);
      return deps.prepareLimit(pidOf(params), body);
    },
  );
  app.post(
    '/v1/inbox/:id/limit',
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        summary: 'Put a limited draft in the place of what was asked for, signed by who has made it',
        params: Id,
        body: LimitHandedIn,
        response: { 200: InboxEntry },
      },
    },
    async ({ headers, params, body }) => {
      await deps.admit(headers.authorization);
      return deps.limit(pidOf(params), body);
    },
  );
  app.post(
    '/v1/inbox/words',
    {
      schema: {
        summary: 'Hand in an approval, a rejection or an opinion; it names the draft that it is about',
        body: SignedWord,
        response: { 200: InboxEntry },
      },
    },
    async ({ headers, body }) => {
      await deps.admit(headers.authorization);
      return deps.handIn(body);
    },
  );
}

function addPolicies(app: HttpApp, deps: InboxRoutes): void {
  app.get(
    '/v1/policies',
    { schema: { summary: 'Standing policies, in force and ended', response: { 200: StandingPolicyList } } },
    async ({ headers }) => {
      await deps.admit(headers.authorization);
      return deps.policies();
    },
  );
  app.post(
    '/v1/policies',
    {
      schema: {
        summary: 'Give a standing policy that two persons who decide have signed',
        body: GeneralJws,
        response: { 200: PolicyGiven },
      },
    },
    async ({ headers, body }) => {
      await deps.admit(headers.authorization);
      return { hash: await deps.givePolicy(body) };
    },
  );
  app.post(
    '/v1/policies/:name/end',
    {
      schema: {
        summary: 'End a standing policy: from now on people decide',
        params: Name,
        body: z.strictObject({ by: z.string().min(1).max(200) }),
        response: { 200: StandingPolicyList },
      },
    },
    async ({ headers, params, body }) => {
      await deps.admit(headers.authorization);
      await deps.endPolicy(params.name, body.by);
      return deps.policies();
    },
  );
}
