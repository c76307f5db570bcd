/** What a scripted broker passes on about trust, and how often nodes have asked it for tasks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, TRUST_VERSION_HEADER, TrustView } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';

export interface ScriptedTrust {
  /** List and newest timestamp; without it the broker knows of no list. */
  view: TrustView | undefined;
  /** What replies mention; nothing when left out. */
  mentioned?: number;
  /** Milliseconds until the list is given out. */
  slowMs: number;
  polls: number;
}

export function addTrust(app: HttpApp): ScriptedTrust {
  const trust: ScriptedTrust = { view: undefined, slowMs: 0, polls: 0 };
  app.addHook('onRequest', async ({ url }) => {
    if (url.startsWith('/v1/node/tasks?')) trust.polls++;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (trust.mentioned !== undefined) reply.header(TRUST_VERSION_HEADER, trust.mentioned);
  });
  app.get('/v1/trust', { schema: { response: { 200: TrustView } } }, async () => {
    await sleep(trust.slowMs);
    if (trust.view === undefined) throw new AppError('NOT_FOUND');
    return trust.view;
  });
  return trust;
}
