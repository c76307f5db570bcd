/** The public register from a log: counts by reason, the holder's word on its agreements and nobody else's, and nothing of persons. */
import type { LogEntry } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { base, withPermission } from '../policy/testing/base.case.ts';
import { contentHash } from '../query/canonical.ts';
import { publicAgreement } from './project-agreement.ts';
import { projectBook } from './project-book.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const agreement = withPermission({ duty: [{ '@id': '#d1', action: 'rv:publish', constraint: [] }] });
const known = publicAgreement(agreement);
const { hash, dataset, holder, dataUser, register } = known;

const snapshots = new Map<string, unknown>();
const snapshot = (content: unknown): string => {
  const name = contentHash(content);
  snapshots.set(name, content);
  return name;
};
const entry = (decision: string, facts: LogEntry['facts'], codes: string[] = []): LogEntry => ({
  ...{ at: '2026-05-01T00:00:00Z', decision, codes, facts, person: null },
});
const published = (list: unknown) => entry('agreements-published', { dataset, holder, agreements: snapshot(list) });

function made(entries: readonly LogEntry[], now = NOW) {
  const book = projectBook();
  for (const one of entries) book.take(one, (name) => snapshots.get(name));
  return book.projects(now);
}

const only = (entries: readonly LogEntry[], now = NOW) => {
  const [project, ...others] = made([published([known]), ...entries], now);
  if (project === undefined || others.length > 0) throw new Error('Expected one project.');
  return project;
};

describe('the project register', () => {
  it('tells of an agreement what everybody may know', () => {
    const project = only([]);
    expect(project).toMatchObject({ register, dataUser, state: 'active', expires: '2027-01-01T00:00:00Z' });
    expect(project.purposes[0]?.basis).toBe('EHDS Art. 53(1)(e)');
    expect(project.agreements).toMatchObject([
      {
        ...{ hash, holder, dataset, offered: true, status: null },
        safeguards: { minCellSize: 10, space: 'kreis', duties: ['rv:publish'] },
      },
    ]);
  });

  it('knows when a register has expired, ended, or was only applied for', () => {
    expect(only([], Date.parse('2027-01-01T00:00:00Z')).state).toBe('expired');
    expect(only([published([])]).state).toBe('ended');
    const application = snapshot({
      ...{ title: { de: 'T', en: 'T' }, aim: 'why', purpose: 'ehds:ImproveHealthcare', dataUser },
      expires: '2027-01-01T00:00:00Z',
    });
    const [applied] = made([entry('letter-carried', { register, application })]);
    expect(applied).toMatchObject({ state: 'applied', title: { en: 'T' }, dataUser, agreements: [] });
  });

  it('counts queries by outcome and refusals by reason, on either side', () => {
    const outcomes = snapshot([
      { status: 'released' },
      { status: 'refused', codes: ['BUDGET', 'APPROVAL'] },
      { status: 'missed' },
    ]);
    const { queries } = only([
      entry('query-accepted', { register, query: 'q1' }),
      entry('query-answered', { query: 'q1', outcome: 'partial', outcomes }),
      entry('query-accepted', { register, query: 'q2' }),
      entry('query-cancelled', { query: 'q2', outcome: 'cancelled', outcomes: snapshot([]) }),
      entry('query-refused', { register }, ['AGREEMENT_MISSING']),
      entry('dry-run-accepted', { register, query: 'q3' }),
    ]);
    expect(queries).toEqual({
      accepted: 2,
      ended: { cancelled: 1, partial: 1 },
      turnedAway: { AGREEMENT_MISSING: 1 },
      released: 1,
      refused: { APPROVAL: 1, BUDGET: 1 },
      dryRuns: 1,
    });
  });

  it('takes the holder’s word on a status, the highest number, and nobody else’s', () => {
    const status = (from: string, seq: number, word: string) =>
      entry('letter-carried', { from, agreement: hash, seq, status: word });
    const told = [
      status(holder, 2, 'REVOKED'),
      status(holder, 1, 'ACTIVE'),
      status('did:web:evil.example', 9, 'ACTIVE'),
    ];
    const project = only(told);
    expect(project.agreements[0]?.status).toBe('REVOKED');
    expect(project.state).toBe('ended');
  });

  it('takes the word as it came by itself too, and what is over stays over', () => {
    const status = (seq: number, word: string) =>
      entry('agreement-status', { from: holder, agreement: hash, seq, status: word });
    expect(only([status(2, 'SUSPENDED')]).agreements[0]?.status).toBe('SUSPENDED');
    const after = [status(3, 'ACTIVE'), status(2, 'EXPIRED'), status(1, 'ACTIVE'), status(2, 'EXPIRED')];
    expect(only(after).agreements[0]?.status).toBe('EXPIRED');
    expect(only([status(2, 'SPLENDID')]).agreements[0]?.status).toBeNull();
  });

  it('lists publications that the data user owed, and nothing that others claim', () => {
    const report = (from: string, duty: string) =>
      entry('letter-carried', { from, agreement: hash, duty, evidence: 'doi:10.1/x' });
    expect(only([report(dataUser, '#d1'), report(dataUser, '#d2'), report(holder, '#d1')]).publications).toEqual([
      { agreement: hash, evidence: 'doi:10.1/x', at: '2026-05-01T00:00:00Z' },
    ]);
  });

  it('makes no project of a name that somebody only asks about, and stays whole over what it does not know', () => {
    const odd = [
      entry('query-refused', { register: 'urn:revier:register:invented' }, ['REGISTER_UNKNOWN']),
      entry('something-new', { register }),
      entry('agreements-published', { dataset, agreements: contentHash('lost') }),
    ];
    expect(made([published([publicAgreement(base)]), ...odd]).map((one) => one.register)).toEqual([register]);
  });
});
