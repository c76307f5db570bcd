/** What a scripted broker passes on about trust, and how often nodes have asked it for tasks. */
import { AppError, TrustView } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';

export interface ScriptedTrust {
  /** List and newest timestamp; without it the broker knows of no list. */
  view: TrustView | undefined;
  polls: number;
}

export function addTrust(app: HttpApp): ScriptedTrust {
  const trust: ScriptedTrust = { view: undefined, polls: 0 };
  app.addHook('onRequest', async ({ url }) => {
    if (url.startsWith('/v1/node/tasks?')) trust.polls++;
  });
  app.get('/v1/trust', { schema: { response: { 200: TrustView } } }, async () => {
    if (trust.view === undefined) throw new AppError('NOT_FOUND');
    return trust.view;
  });
  return trust;
}
