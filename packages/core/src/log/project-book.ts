/** The project register as a function of the broker's log: entries in, in their order, and out what everybody may know. */
import { AgreementStatus, type LogEntry, type Project, type ProjectAgreement, Sha256, Text } from '@revier/schema';
import { z } from 'zod';
import { lifeOf, type Stated } from '../policy/agreement-life.ts';
import { PublicAgreement, withBasis } from './project-agreement.ts';

/** The words of an application that everybody may read: stands in the log as a snapshot. No person is named in it. */
export const PublicApplication = z.strictObject({
  title: Text,
  aim: z.string(),
  purpose: z.string(),
  dataUser: z.string(),
  expires: z.string(),
});

/** What an entry was made from; undefined when it is not there. */
export type SnapshotOf = (hash: string) => unknown;

interface Book {
  /** By dataset: hashes of what is offered now. */
  readonly offered: Map<string, ReadonlySet<string>>;
  readonly agreements: Map<string, PublicAgreement>;
  /** By who says it and the agreement: only the holder's own word counts. */
  readonly statuses: Map<string, readonly Stated[]>;
  readonly applications: Map<string, z.infer<typeof PublicApplication>>;
  readonly registers: Map<string, Counted>;
  /** Register of each accepted query. */
  readonly queries: Map<string, string>;
  /** Likewise: only the data user's. */
  readonly publications: Map<string, { readonly duty: string; readonly evidence: string; readonly at: string }[]>;
}

interface Counted {
  accepted: number;
  released: number;
  dryRuns: number;
  readonly ended: Map<string, number>;
  readonly turnedAway: Map<string, number>;
  readonly refused: Map<string, number>;
}

export interface ProjectBook {
  /** The hashes that `take` wants to look into. */
  wants(entry: LogEntry): readonly string[];
  take(entry: LogEntry, snapshotOf: SnapshotOf): void;
  /** @param now milliseconds since the epoch */
  projects(now: number): Project[];
}

export function projectBook(): ProjectBook {
  const book: Book = {
    offered: new Map(),
    agreements: new Map(),
    statuses: new Map(),
    applications: new Map(),
    registers: new Map(),
    queries: new Map(),
    publications: new Map(),
  };
  return {
    wants: ({ facts }) => [facts.agreements, facts.application, facts.outcomes].flatMap((one) => hashIn(one)),
    take: (entry, snapshotOf) => takers[entry.decision]?.(book, entry, snapshotOf),
    projects: (now) => [...registersIn(book)].sort().map((register) => projectOf(book, register, now)),
  };
}

const hashIn = (fact: LogEntry['facts'][string] | undefined): string[] => {
  const hash = Sha256.safeParse(fact);
  return hash.success ? [hash.data] : [];
};

type Take = (book: Book, entry: LogEntry, snapshotOf: SnapshotOf) => void;

/** By decision; what is not here says nothing about projects. */
const takers: Readonly<Record<string, Take>> = {
  'agreements-published': takeAgreements,
  'letter-carried': takeLetter,
  'agreement-status': takeStatus,
  'query-accepted': (book, { facts }) => {
    count(book, facts.register, (counted) => {
      counted.accepted += 1;
    });
    if (typeof facts.query === 'string' && typeof facts.register === 'string')
      book.queries.set(facts.query, facts.register);
  },
  'query-refused': (book, { facts, codes }) =>
    count(book, facts.register, ({ turnedAway }) => void codes.forEach((code) => void more(turnedAway, code))),
  'query-answered': takeEnd,
  'query-cancelled': takeEnd,
  'dry-run-accepted': (book, { facts }) =>
    count(book, facts.register, (counted) => {
      counted.dryRuns += 1;
    }),
};

function takeAgreements(book: Book, { facts }: LogEntry, snapshotOf: SnapshotOf): void {
  const listed = z.array(PublicAgreement).safeParse(hashIn(facts.agreements).map(snapshotOf)[0]);
  if (typeof facts.dataset !== 'string' || !listed.success) return;
  book.offered.set(facts.dataset, new Set(listed.data.map(({ hash }) => hash)));
  for (const agreement of listed.data) book.agreements.set(agreement.hash, agreement);
}

function takeLetter(book: Book, entry: LogEntry, snapshotOf: SnapshotOf): void {
  const { facts, at } = entry;
  const application = PublicApplication.safeParse(hashIn(facts.application).map(snapshotOf)[0]);
  if (application.success && typeof facts.register === 'string')
    book.applications.set(facts.register, application.data);
  if (typeof facts.status === 'string') takeStatus(book, entry);
  if (typeof facts.agreement !== 'string' || typeof facts.duty !== 'string' || typeof facts.evidence !== 'string')
    return;
  const key = `${facts.from} ${facts.agreement}`;
  const before = book.publications.get(key) ?? [];
  book.publications.set(key, [...before, { duty: facts.duty, evidence: facts.evidence, at }]);
}

const Word = z.object({ agreement: Sha256, status: AgreementStatus, seq: z.int() });

/** As a letter or by itself, the same word twice is one. */
function takeStatus(book: Book, { facts }: LogEntry): void {
  const word = Word.safeParse(facts);
  if (!word.success) return;
  const key = `${facts.from} ${word.data.agreement}`;
  const before = book.statuses.get(key) ?? [];
  const isKnown = before.some(({ seq, status }) => seq === word.data.seq && status === word.data.status);
  if (!isKnown) book.statuses.set(key, [...before, word.data]);
}

const Outcomes = z.array(z.object({ status: z.string(), codes: z.array(z.string()).optional() }));

function takeEnd(book: Book, { facts }: LogEntry, snapshotOf: SnapshotOf): void {
  const register = typeof facts.query === 'string' ? book.queries.get(facts.query) : undefined;
  count(book, register, (counted) => {
    more(counted.ended, typeof facts.outcome === 'string' ? facts.outcome : 'failed');
    const outcomes = Outcomes.safeParse(hashIn(facts.outcomes).map(snapshotOf)[0]);
    for (const { status, codes } of outcomes.success ? outcomes.data : []) {
      if (status === 'released') counted.released += 1;
      if (status === 'refused') for (const code of new Set(codes ?? [])) more(counted.refused, code);
    }
  });
  if (typeof facts.query === 'string') book.queries.delete(facts.query);
}

function count(book: Book, register: unknown, change: (counted: Counted) => void): void {
  if (typeof register !== 'string') return;
  const counted = book.registers.get(register) ?? {
    ...{ accepted: 0, released: 0, dryRuns: 0 },
    ...{ ended: new Map(), turnedAway: new Map(), refused: new Map() },
  };
  change(counted);
  book.registers.set(register, counted);
}

const more = (counts: Map<string, number>, code: string): void => void counts.set(code, (counts.get(code) ?? 0) + 1);

const sorted = (counts: ReadonlyMap<string, number> | undefined): Record<string, number> =>
  Object.fromEntries([...(counts ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whoever asks for a register that nobody has agreed to or applied for makes none of it. */
const registersIn = ({ agreements, applications }: Book): Set<string> =>
  new Set([...[...agreements.values()].map(({ register }) => register), ...applications.keys()]);

function projectOf(book: Book, register: string, now: number): Project {
  const own = [...book.agreements.values()].filter((agreement) => agreement.register === register);
  const application = book.applications.get(register);
  const agreements = own.map((agreement) => standing(book, agreement)).sort(byDataset);
  const counted = book.registers.get(register);
  const ends = agreements.flatMap(({ offered, until }) => (offered && until !== null ? [until] : []));
  const expires = ends.sort().at(-1) ?? application?.expires ?? null;
  return {
    register,
    title: application?.title ?? null,
    aim: application?.aim ?? null,
    dataUser: own.at(-1)?.dataUser ?? application?.dataUser ?? '',
    purposes: purposesOf(own, application?.purpose).map(withBasis),
    state: stateOf(agreements, expires, now),
    expires,
    agreements,
    queries: {
      accepted: counted?.accepted ?? 0,
      ended: sorted(counted?.ended),
      turnedAway: sorted(counted?.turnedAway),
      released: counted?.released ?? 0,
      refused: sorted(counted?.refused),
      dryRuns: counted?.dryRuns ?? 0,
    },
    publications: own.flatMap((agreement) => publicationsOf(book, agreement)),
  };
}

/** Of the agreements, and of the application until there are any. */
function purposesOf(agreements: readonly PublicAgreement[], applied: string | undefined): string[] {
  const agreed = new Set(agreements.flatMap(({ purposes }) => purposes));
  return agreed.size === 0 && applied !== undefined ? [applied] : [...agreed].sort();
}

function standing({ statuses, offered }: Book, agreement: PublicAgreement): ProjectAgreement {
  const { register: _register, dataUser: _user, purposes: _purposes, publishing: _publishing, ...known } = agreement;
  return {
    ...known,
    status: lifeOf(known.hash, statuses.get(`${known.holder} ${known.hash}`) ?? []).status,
    offered: offered.get(known.dataset)?.has(known.hash) === true,
  };
}

const byDataset = (a: ProjectAgreement, b: ProjectAgreement): number =>
  a.dataset === b.dataset ? a.version - b.version : a.dataset < b.dataset ? -1 : 1;

function stateOf(agreements: readonly ProjectAgreement[], expires: string | null, now: number): Project['state'] {
  if (agreements.length === 0) return 'applied';
  if (expires !== null && Date.parse(expires) <= now) return 'expired';
  const isLive = ({ offered, status }: ProjectAgreement): boolean =>
    offered && (status === null || status === 'ACTIVE' || status === 'SUSPENDED');
  return agreements.some(isLive) ? 'active' : 'ended';
}

/** Only what was promised as a publication, by who has promised it. */
function publicationsOf({ publications }: Book, agreement: PublicAgreement): Project['publications'] {
  const { hash, dataUser, publishing } = agreement;
  return (publications.get(`${dataUser} ${hash}`) ?? []).flatMap(({ duty, evidence, at }) =>
    publishing.includes(duty) ? [{ agreement: hash, evidence, at }] : [],
  );
}
