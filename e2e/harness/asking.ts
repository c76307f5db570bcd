/** Asking through breakdowns: the same signed bytes again and again until there is an answer. */
import { randomUUID } from 'node:crypto';
import { type Profile, sign } from '@revier/cli';
import { ConnectionError, createDataspaceClient, ProblemError } from '@revier/connector-sdk';
import type { Answer, SignedQuery } from '@revier/schema';
import { type AskingOptions, askedFor } from './federation.ts';
import { until } from './until.ts';

const WAIT_SECONDS = 5;
const LIMIT_MS = 100_000;

/** Whatever the broker has once acknowledged must come of it, and once only. */
export async function askThrough(profile: Profile, asking: AskingOptions = {}): Promise<Answer> {
  return answerTo(profile, await sign(profile, askedFor(asking), { deadlineSeconds: asking.deadlineSeconds }));
}

/** With its key the repetition is the same request, so it may wait for the answer, too. */
function answerTo(profile: Profile, signed: SignedQuery): Promise<Answer> {
  const idempotencyKey = randomUUID();
  const client = createDataspaceClient({ baseUrl: profile.broker });
  return until(
    'an answer to a query that is submitted again and again',
    async () => {
      try {
        const submitted = await client.submit(signed, { waitSeconds: WAIT_SECONDS, idempotencyKey });
        return submitted.kind === 'answer' && submitted.answer;
      } catch (error) {
        if (error instanceof ConnectionError || (error instanceof ProblemError && error.status >= 500)) return false;
        throw error;
      }
    },
    LIMIT_MS,
  );
}
