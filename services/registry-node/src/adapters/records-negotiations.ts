/** The inbox in the node's records: every change of it together with its entry in the log and the letters that follow. */
import { contentHash } from '@revier/core';
import { ApprovalRole, CompactJws, GeneralJws, KeyId, Opinion, Pid, Sha256, StandingPolicy } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { NodeTables } from '../db/tables.ts';
import {
  type Desk,
  draftOf,
  type KeptPolicy,
  Negotiation,
  type NegotiationReads,
  type Negotiations,
  type Word,
} from '../inbox/ports.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';

type Db = Kysely<NodeTables>;

/** @param now milliseconds since the epoch */
export function recordsNegotiations(node: NodeDb, now: () => number): Negotiations {
  const decided = decidedIn(node, now);
  const { db } = node;
  return {
    ...readsOf(db),
    change: (work) => decided((trx, at) => work(deskOf(trx, at))),
    async cursor() {
      const row = await db.selectFrom('letter_cursor').select('seq').where('id', '=', CURSOR).executeTakeFirst();
      return row?.seq ?? 0;
    },
    async unsent() {
      const rows = await db
        .selectFrom('letter_out')
        .selectAll()
        .where('state', '=', 'pending')
        .orderBy('seq')
        .execute();
      return rows.map(({ id, recipient: to, letter }) => ({ id, to, letter }));
    },
    async sent(id) {
      await db.updateTable('letter_out').set({ state: 'done' }).where('id', '=', id).execute();
    },
  };
}

const CURSOR = 'letters';

function readsOf(db: Db): NegotiationReads {
  return {
    async find(id) {
      const row = await db.selectFrom('negotiation').select('content').where('id', '=', id).executeTakeFirst();
      return row && negotiationIn(row);
    },
    async ofDraft(draft) {
      const row = await db
        .selectFrom('negotiation')
        .innerJoin('negotiation_draft', 'negotiation_draft.negotiation', 'negotiation.id')
        .select('content')
        .where('hash', '=', draft)
        .executeTakeFirst();
      return row && negotiationIn(row);
    },
    async list() {
      return (await db.selectFrom('negotiation').select('content').orderBy('seq').execute()).map(negotiationIn);
    },
    async words(draft) {
      const rows = await db.selectFrom('given_word').selectAll().where('draft', '=', draft).orderBy('seq').execute();
      return rows.map(wordIn);
    },
    async policies() {
      return (await db.selectFrom('standing_policy').selectAll().orderBy('seq').execute()).map(policyIn);
    },
  };
}

function deskOf(trx: Db, at: Date): Desk {
  return {
    ...readsOf(trx),
    async ofConsumer(consumer, consumerPid) {
      const row = await trx
        .selectFrom('negotiation')
        .select('content')
        .where('consumer', '=', consumer)
        .where('consumer_pid', '=', consumerPid)
        .executeTakeFirst();
      return row && negotiationIn(row);
    },
    save: (negotiation) => save(trx, negotiation),
    keep: (word) => keep(trx, word),
    async keepPolicy({ hash, policy, signed, kids }) {
      const row = { content: JSON.stringify(policy), signed: JSON.stringify(signed), kids: JSON.stringify(kids) };
      await trx
        .insertInto('standing_policy')
        .values({ hash, ...row, ended: null })
        .execute();
    },
    async endPolicy(hash, ended) {
      await trx
        .updateTable('standing_policy')
        .set({ ended: new Date(ended) })
        .where('hash', '=', hash)
        .execute();
    },
    async send({ id, to, letter }) {
      await trx.insertInto('letter_out').values({ id, recipient: to, letter, state: 'pending' }).execute();
    },
    async take(id) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('letter_taken')
        .values({ id })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    advance: (seq) => advance(trx, seq),
    async enter(entry) {
      await appendEntry(logOf(trx), entry, at);
    },
  };
}

async function save(trx: Db, negotiation: Negotiation): Promise<void> {
  const { id, consumer, consumerPid, state } = negotiation;
  const content = JSON.stringify(Negotiation.parse(negotiation));
  await trx
    .insertInto('negotiation')
    .values({ id, consumer, consumer_pid: consumerPid, state, content })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, content }))
    .execute();
  const draft = draftOf(negotiation);
  if (draft === null) return;
  await trx
    .insertInto('negotiation_draft')
    .values({ hash: draft.hash, negotiation: id })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

async function keep(trx: Db, word: Word): Promise<boolean> {
  const { draft, negotiation, kid, kind, person, statement, at } = word;
  const own =
    word.kind === 'approve'
      ? { role: word.role, policy: word.policy, opinion: null }
      : { role: null, policy: null, opinion: JSON.stringify(word.opinion) };
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('given_word')
    .values({ draft, negotiation, kid, kind, person, statement: JSON.stringify(statement), at: new Date(at), ...own })
    .onConflict((conflict) => conflict.columns(['draft', 'kid', 'kind', 'at']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function advance(trx: Db, seq: number): Promise<void> {
  await trx
    .insertInto('letter_cursor')
    .values({ id: CURSOR, seq })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seq }))
    .execute();
}

const negotiationIn = ({ content }: { readonly content: string }): Negotiation =>
  Negotiation.parse(JSON.parse(content));

const Statement = z.union([CompactJws, GeneralJws]);

function wordIn(row: Selectable<NodeTables['given_word']>): Word {
  const base = {
    draft: Sha256.parse(row.draft),
    negotiation: Pid.parse(row.negotiation),
    kid: KeyId.parse(row.kid),
    person: row.person,
    statement: Statement.parse(JSON.parse(row.statement)),
    at: row.at.getTime(),
  };
  if (row.kind === 'opinion')
    return { ...base, kind: 'opinion', opinion: Opinion.parse(JSON.parse(row.opinion ?? '')) };
  const policy = Sha256.nullable().parse(row.policy);
  return { ...base, kind: 'approve', role: ApprovalRole.parse(row.role), policy };
}

function policyIn({ content, signed, kids, ended }: Selectable<NodeTables['standing_policy']>): KeptPolicy {
  const policy = StandingPolicy.parse(JSON.parse(content));
  return {
    hash: contentHash(policy),
    policy,
    signed: GeneralJws.parse(JSON.parse(signed)),
    kids: z.array(KeyId).parse(JSON.parse(kids)),
    ended: ended?.getTime() ?? null,
  };
}
