/** Counts of callers: who is known by a verified signature has a budget by the minute; nobody can spend that of another. */
import rateLimit from '@fastify/rate-limit';
import { AppError } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Limits } from '../limits.ts';

type Budget = Extract<keyof Limits, `${string}PerMinute`>;

/** @throws AppError RATE_LIMITED when the caller has had enough for now */
export type Spend = (request: FastifyRequest, budget: Budget, caller: string) => Promise<void>;

const MINUTE_MS = 60_000;
/** Callers who are remembered at most; beyond that, those who have been silent longest start anew. */
const REMEMBERED = 10_000;

export async function ratesOf(app: HttpApp, limits: () => Limits): Promise<Spend> {
  await app.register(rateLimit, { global: false, cache: REMEMBERED });
  const callers = new WeakMap<FastifyRequest, string>();
  const counter = (budget: Budget) =>
    app.createRateLimit({
      max: () => limits()[budget],
      timeWindow: MINUTE_MS,
      keyGenerator: (request) => `${budget} ${callers.get(request) ?? ''}`,
    });
  const counters = {
    queriesPerMinute: counter('queriesPerMinute'),
    dryRunsPerMinute: counter('dryRunsPerMinute'),
    readsPerMinute: counter('readsPerMinute'),
    nodeCallsPerMinute: counter('nodeCallsPerMinute'),
    lettersPerMinute: counter('lettersPerMinute'),
    enrolmentsPerMinute: counter('enrolmentsPerMinute'),
    trustPerMinute: counter('trustPerMinute'),
  } as const satisfies Record<Budget, unknown>;
  return async (request, budget, caller) => {
    callers.set(request, caller);
    const spent = await counters[budget](request);
    if (!spent.isAllowed && spent.isExceeded) throw new AppError('RATE_LIMITED', { retryAfter: spent.ttlInSeconds });
  };
}
