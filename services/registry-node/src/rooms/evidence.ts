/** Evidence: the signed answers of an earlier stage, each held against our own plan before anything stands on it. */
import { decodeRelease, openCompact, resolver } from '@revier/connector-sdk';
import type { OpenPart, Plan, PlanTask } from '@revier/core';
import { type CompactJws, ReleaseHeader, type Task } from '@revier/schema';
import type { Bodies, Self } from '../ports.ts';
import { Refusal, refusing } from './refusal.ts';

interface Presented {
  readonly task: Task;
  readonly plan: Plan;
  readonly self: Self;
  readonly bodies: Bodies;
  readonly signal: AbortSignal;
}

const AT_ONCE = 8;

/** @throws Refusal EVIDENCE_INVALID with the place of the first one that is forged, foreign, doubled or altered */
export async function verifyEvidence(presented: Presented): Promise<readonly OpenPart[]> {
  const { task, plan } = presented;
  const headers = await Promise.all(
    task.evidence.map((jws, at) =>
      refusing('EVIDENCE_INVALID', `/evidence/${at}`, () => openHeader(jws, presented, at)),
    ),
  );
  const planned = headers.map((header, at) => plannedFor(header, plan, presented, at));
  if (new Set(planned).size < planned.length) throw invalid('', 'Two answers of one dataset were presented.');
  return fetchBodies(headers, planned, presented);
}

async function openHeader(jws: CompactJws, { self }: Presented, at: number): Promise<ReleaseHeader> {
  const { payload, kid } = await openCompact(
    jws,
    'revier-release+jws',
    ReleaseHeader,
    resolver(self.trust, { role: 'data-holder' }),
  ).catch((cause: unknown) => {
    throw invalid(`/${at}`, 'The answer is not signed by a data holder.', cause);
  });
  if (self.trust.keyOf(kid)?.participant.id !== payload.iss)
    throw invalid(`/${at}`, 'The answer is signed by another holder than it names.');
  return payload;
}

/** The open table of our own plan that a header answers. */
function plannedFor(header: ReleaseHeader, plan: Plan, { task, self }: Presented, at: number): PlanTask {
  const planned = plan.tasks.find(
    ({ stage, holder, dataset }) => stage === 0 && holder === header.iss && dataset.id === header.dataset,
  );
  if (planned === undefined || planned.dataset.mode !== 'O')
    throw invalid(`/${at}`, 'The plan asks this holder for no open figures of this dataset.');
  const fits =
    header.submissionId === task.submissionId &&
    header.questionHash === plan.questionHash &&
    header.aud === self.broker &&
    header.realm === self.realm &&
    header.table === planned.tableHash &&
    header.epoch === planned.dataset.epoch &&
    header.mode === 'O';
  if (!fits) throw invalid(`/${at}`, 'The answer belongs to another question, table, data epoch or realm.');
  return planned;
}

async function fetchBodies(
  headers: readonly ReleaseHeader[],
  planned: readonly PlanTask[],
  presented: Presented,
): Promise<OpenPart[]> {
  const parts: OpenPart[] = [];
  const waiting = headers.map((header, at) => ({ header, at })).reverse();
  const next = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      const task = planned[item.at];
      if (task !== undefined) parts[item.at] = { task, body: await fetchBody(item.header, presented, item.at) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return parts;
}

/** What arrives must be the bytes that the header was signed for, and a table of the shape that was planned. */
const fetchBody = ({ body: sha256, bytes, table }: ReleaseHeader, { bodies, signal }: Presented, at: number) =>
  refusing('EVIDENCE_INVALID', `/evidence/${at}`, async () => {
    try {
      const body = decodeRelease(await bodies.fetch(sha256, signal), { bytes, sha256 });
      if (body.table === table) return body;
    } catch (cause) {
      if (isOurs(cause)) throw invalid(`/${at}`, 'The body is not the one that was signed.', cause);
      throw cause;
    }
    throw invalid(`/${at}`, 'The body is of another table.');
  });

const isOurs = (cause: unknown): boolean => cause instanceof Error && cause.name === 'AppError';

const invalid = (pointer: string, hint: string, cause?: unknown): Refusal =>
  Refusal.because('EVIDENCE_INVALID', `/evidence${pointer}`, hint, cause);
