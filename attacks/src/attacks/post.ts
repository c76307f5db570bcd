/** Posting questions by hand, well formed or not, signed by the attacker's own key. */
import { randomUUID } from 'node:crypto';
import { sign } from '@revier/cli';
import { canonicalText, unverified } from '@revier/core';
import { lattice } from '../federation/lattice.ts';
import type { Raised } from '../federation/raise.ts';

export interface Reply {
  readonly status: number;
  readonly code: string;
  readonly headers: Headers;
  readonly text: string;
}

/** What the attacker signs in a decent question: everything but the question can be kept. */
export async function decentEnvelope({ mallory }: Raised): Promise<Record<string, unknown>> {
  return Object(unverified((await sign(mallory, lattice.cities)).query));
}

export async function postQuestion(federation: Raised, question: unknown): Promise<Reply> {
  return post(federation, { ...(await decentEnvelope(federation)), question, jti: randomUUID() });
}

export const post = ({ mallory }: Raised, envelope: unknown): Promise<Reply> =>
  postText(
    mallory.broker,
    JSON.stringify({ query: mallory.signText(textOf(envelope)), credential: mallory.credential }),
  );

export async function postText(broker: string, body: string): Promise<Reply> {
  const reply = await fetch(`${broker}/v1/queries`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
  });
  const text = await reply.text();
  const code = reply.ok ? 'accepted' : String(Object(JSON.parse(text)).code);
  return { status: reply.status, code, headers: reply.headers, text };
}

/** Canonical where there is such a form: half a character has none, and is sent nevertheless. */
function textOf(payload: unknown): string {
  try {
    return canonicalText(payload);
  } catch {
    return JSON.stringify(payload);
  }
}
