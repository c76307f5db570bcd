/** Exactly once: one answer to a query, one release of each holder in it, and one entry about each in the holder's own log. */

import { unverified } from '@revier/core';
import type { Answer } from '@revier/schema';
import { ReleaseHeader } from '@revier/schema';
import { openRecords } from '@revier/service-kit';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Federation } from './federation.ts';
import { idOf, slugs } from './members.ts';

/** While everything runs: what each node has entered is what the answer contains. */
export async function expectOneEntryEach(federation: Federation, answer: Answer): Promise<void> {
  for (const slug of slugs) {
    const entries = (await federation.decisions(slug)).filter(({ facts }) => facts.submission === answer.submissionId);
    expect(entries, slug).toHaveLength(1);
    const parts = answer.holders.filter(({ holder }) => holder === idOf(slug));
    expect(parts, slug).toHaveLength(1);
    expect(parts.map(({ release }) => headerOf(release ?? '').body)).toEqual(entries.map(({ facts }) => facts.body));
  }
}

/** Verified by whoever asked; here only read. */
const headerOf = (jws: string): ReleaseHeader => ReleaseHeader.parse(unverified(jws));

const Row = z.object({
  query_id: z.string(),
  holder: z.string(),
  dataset: z.string(),
  tasks: z.coerce.number(),
  releases: z.coerce.number(),
  answers: z.coerce.number(),
});

const BY_PART = `
  select query_id, holder, dataset, count(*) as tasks, count(release) as releases,
    (select count(*) from broker.answers where answers.query_id = tasks.query_id) as answers
  from broker.tasks group by query_id, holder, dataset order by query_id, holder, dataset`;

/** From the records of a broker that has ended: these queries and no others, each with one answer and all its releases. */
export async function expectOneReleaseEach(brokerFolder: string, answers: readonly Answer[]): Promise<void> {
  const records = await openRecords({ folder: brokerFolder });
  try {
    const { rows } = await records.pool.query(BY_PART);
    const parts = answers.flatMap(({ queryId, holders }) =>
      holders.map(({ holder, dataset }) => ({ query_id: queryId, holder, dataset, tasks: 1, releases: 1, answers: 1 })),
    );
    const sorted = (list: readonly z.infer<typeof Row>[]) => list.map((row) => JSON.stringify(row)).sort();
    expect(sorted(z.array(Row).parse(rows))).toEqual(sorted(parts));
  } finally {
    await records.close();
  }
}
