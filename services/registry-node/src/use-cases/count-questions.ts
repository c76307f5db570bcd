/** What the audit log says of questions: how many were allowed, denied and why, and to whom statistics went. */
import type { ProcessingActivity, ProcessingRecord } from '@revier/schema';
import type { OwnLog, PastDecision } from '../ports.ts';

type Counts = ProcessingActivity['questions'];

export interface Counted {
  readonly all: Counts;
  readonly under: (agreement: string) => Counts;
  /** By participant. */
  readonly recipients: ReadonlyMap<string, Pick<ProcessingRecord['recipients'][number], 'releases' | 'last'>>;
}

interface Tally {
  allowed: number;
  denied: number;
  releases: number;
  readonly codes: Map<string, number>;
}

const nothing = (): Tally => ({ allowed: 0, denied: 0, releases: 0, codes: new Map() });

/** One pass over the log, newest first. */
export async function countQuestions(log: Pick<OwnLog, 'decisions'>): Promise<Counted> {
  const all = nothing();
  const each = new Map<string, Tally>();
  const recipients = new Map<string, { releases: number; last: string }>();
  for await (const entry of log.decisions()) {
    count(entry, all);
    const { agreement, dataUser } = entry.facts;
    if (typeof agreement === 'string') {
      const own = each.get(agreement) ?? nothing();
      count(entry, own);
      each.set(agreement, own);
    }
    if (entry.decision !== 'released' || typeof dataUser !== 'string') continue;
    const known = recipients.get(dataUser) ?? { releases: 0, last: entry.at };
    known.releases++;
    recipients.set(dataUser, known);
  }
  return { all: countsOf(all), under: (hash) => countsOf(each.get(hash) ?? nothing()), recipients };
}

/** `stopped`: what had been answered and was kept back; that too is a refusal to whoever asked. */
function count({ decision, codes }: PastDecision, tally: Tally): void {
  if (decision === 'charged') tally.allowed++;
  if (decision === 'released') tally.releases++;
  if (decision !== 'refused' && (decision !== 'stopped' || codes.length === 0)) return;
  tally.denied++;
  for (const code of codes) tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
}

const countsOf = ({ codes, ...counted }: Tally): Counts => ({
  ...counted,
  reasons: [...codes]
    .map(([code, many]) => ({ code, count: many }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
});
