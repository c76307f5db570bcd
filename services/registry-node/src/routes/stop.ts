/** The loopback port's ways to stop and start: one person's word stops, two signatures start, and two change who may sign. */
import { CompactJws, GeneralJws, type OpenStop, PeopleRoll, Reconciled, StopCause, StopNote } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { Roll } from '../ports.ts';

const Stopped = z
  .strictObject({ state: z.literal('stopped'), stop: z.string(), at: z.string() })
  .meta({ id: 'Stopped' });
const Running = z.strictObject({ state: z.literal('running') }).meta({ id: 'Running' });
const StopBody = StopNote.extend({ cause: StopCause.extract(['command', 'incident']).default('command') });

const Deletions = z.strictObject({ list: CompactJws }).meta({ id: 'Deletions' });

export interface StopRoutes {
  stop(cause: StopCause, note: StopNote): Promise<OpenStop>;
  start(signed: GeneralJws): Promise<void>;
  roll(): Promise<Roll>;
  changePeople(signed: GeneralJws): Promise<void>;
  deletions(): Promise<CompactJws>;
  reconcile(list: CompactJws | undefined): Promise<Reconciled>;
}

export function addStopRoutes(app: HttpApp, deps: StopRoutes): void {
  addRestoreRoutes(app, deps);
  app.post(
    '/v1/stop',
    {
      schema: {
        summary: 'Stop: no polling, no release, statements cancelled; starting again takes two persons',
        body: StopBody.nullish(),
        response: { 200: Stopped },
      },
    },
    async ({ body }) => {
      const { cause, ...note } = body ?? StopBody.parse({});
      const { id: stop, at } = await deps.stop(cause, note);
      return { state: 'stopped' as const, stop, at };
    },
  );
  app.post(
    '/v1/start',
    {
      schema: {
        summary: 'Start again, by a statement about this stop that two enrolled persons have signed',
        body: GeneralJws,
        response: { 200: Running },
      },
    },
    async ({ body }) => {
      await deps.start(body);
      return { state: 'running' as const };
    },
  );
  app.get(
    '/v1/people',
    { schema: { summary: 'Who is enrolled here to start and to enrol', response: { 200: PeopleRoll } } },
    async () => told(await deps.roll()),
  );
  app.post(
    '/v1/people',
    {
      schema: {
        summary: 'Change who is enrolled, by a statement that two of them have signed',
        body: GeneralJws,
        response: { 200: PeopleRoll },
      },
    },
    async ({ body }) => {
      await deps.changePeople(body);
      return told(await deps.roll());
    },
  );
}

function addRestoreRoutes(app: HttpApp, deps: StopRoutes): void {
  app.get(
    '/v1/deletions',
    {
      schema: {
        summary: 'What a backup must not bring back or forget, signed; to be kept apart',
        response: { 200: Deletions },
      },
    },
    async () => ({ list: await deps.deletions() }),
  );
  app.post(
    '/v1/reconcile',
    {
      schema: {
        summary: 'After a restore: replay deletions, and seal what cannot be made good',
        body: Deletions.partial(),
        response: { 200: Reconciled },
      },
    },
    async ({ body }) => deps.reconcile(body.list),
  );
}

const told = ({ id, people }: Roll): PeopleRoll => ({
  roll: id,
  people: people.map(({ kid, name, role }) => ({ kid, name, role })),
});
