/** What the broker enters into its audit log: queries taken, refused, cancelled, answered; persons by commitment only. */

import type { VerifiedQuery } from '@revier/connector-sdk';
import { canonicalText, contentHash, digest, publicAgreement } from '@revier/core';
import { CompactJws, type Sha256, type StatusStatement } from '@revier/schema';
import type { EntryToLog } from '@revier/service-kit';
import { z } from 'zod';
import type { PublishedAgreement } from './catalogue-ports.ts';
import type { CarriedLetter, PublicWords } from './letter-ports.ts';
import type { QueryFacts, QueryRecord } from './query-ports.ts';

/** Who has written to whom, and what kind of letter; what stands in it is between the two, but for what everybody may know of a project. */
export const letterEntry = (
  { from, to, kind, hash }: CarriedLetter,
  words: PublicWords = { facts: {} },
): EntryToLog => ({
  decision: 'letter-carried',
  codes: [],
  facts: { kind, from, to, letter: hash, ...words.facts },
  person: null,
  ...(words.snapshots === undefined ? {} : { snapshots: words.snapshots }),
});

/** Under which agreements a dataset is offered from now on: the public register is made of it. */
export function agreementsEntry(
  holder: string,
  dataset: string,
  agreements: readonly PublishedAgreement[],
): EntryToLog & { readonly list: Sha256 } {
  const content = agreements.map(({ agreement }) => publicAgreement(agreement));
  const list = contentHash(content);
  return {
    decision: 'agreements-published',
    codes: [],
    facts: { holder, dataset, agreements: list },
    person: null,
    snapshots: new Map([[list, canonicalText(content)]]),
    list,
  };
}

/** A holder's own word on its agreement: the public register shows it. */
export const statusEntry = ({ by, agreement, seq, status }: StatusStatement): EntryToLog => ({
  decision: 'agreement-status',
  codes: [],
  facts: { from: by, agreement, seq, status },
  person: null,
});

const asked = ({ submissionId, envelope, person }: Pick<QueryFacts, 'submissionId' | 'envelope' | 'person'>) => ({
  submission: submissionId,
  register: envelope.question.register,
  purpose: envelope.question.purpose,
  catalogue: envelope.catalogue,
  dataUser: person.split('#')[0] ?? null,
});

export const acceptedEntry = (
  query: Pick<QueryRecord, 'queryId' | 'questionHash' | 'progress'> & QueryFacts,
): EntryToLog => ({
  decision: query.envelope.dryRun === true ? 'dry-run-accepted' : 'query-accepted',
  codes: [],
  facts: {
    ...asked(query),
    query: query.queryId,
    question: query.questionHash,
    tasks: query.progress.tasks.length,
  },
  person: query.person,
});

export const refusedEntry = (query: VerifiedQuery, code: string): EntryToLog => ({
  decision: query.envelope.dryRun === true ? 'dry-run-refused' : 'query-refused',
  codes: [code],
  facts: asked(query),
  person: query.person,
});

/** A task as its row keeps it when the query ends. */
export interface EndedTask {
  readonly task_id: string;
  readonly holder: string;
  readonly dataset: string;
  readonly stage: number;
  readonly status: string;
  readonly receipt: string | null;
  /** Of a refusal, as JSON. */
  readonly reasons: string | null;
  readonly release: string | null;
}

export interface EndedQuery {
  readonly queryId: string;
  readonly submissionId: string;
  readonly outcome: string | null;
  readonly dryRun: boolean;
  /** Hashes of answer and signed result; null for a query that has none. */
  readonly answer: Sha256 | null;
  readonly result: Sha256 | null;
}

/** What every holder has said goes along by its hash, so that it can be paired with the holder's own log. */
export function endedEntry(query: EndedQuery, tasks: readonly EndedTask[]): EntryToLog {
  const outcomes = tasks.map(({ task_id: task, receipt, reasons, release, ...rest }) => ({
    ...{ task, holder: rest.holder, dataset: rest.dataset, stage: rest.stage, status: rest.status },
    receipt: receipt === null ? null : payloadHash(receipt),
    codes: codesIn(reasons),
    release: release === null ? null : payloadHash(release),
  }));
  const hash = contentHash(outcomes);
  return {
    decision: `${query.dryRun ? 'dry-run' : 'query'}-${query.outcome === 'cancelled' ? 'cancelled' : query.dryRun ? 'assessed' : 'answered'}`,
    codes: [],
    facts: {
      query: query.queryId,
      submission: query.submissionId,
      outcome: query.outcome,
      answer: query.answer,
      result: query.result,
      outcomes: hash,
    },
    person: null,
    snapshots: new Map([[hash, canonicalText(outcomes)]]),
  };
}

const Reasons = z.array(z.object({ code: z.string() }));

/** Everybody may know why holders refuse, as numbers. */
const codesIn = (reasons: string | null): string[] =>
  reasons === null ? [] : [...new Set(Reasons.parse(JSON.parse(reasons)).map(({ code }) => code))].sort();

/** What was signed is canonical, so that the hash of its bytes is that of its content. */
const payloadHash = (jws: string): Sha256 =>
  digest(Buffer.from(CompactJws.parse(jws).split('.')[1] ?? '', 'base64url'));
