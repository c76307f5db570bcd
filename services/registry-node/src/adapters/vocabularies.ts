/** Vocabularies: catalogue versions with their documents, from our own records where they were verified before, else from the broker. */
import { loadVocabulary, ProblemError, type PublicReads, type Trust } from '@revier/connector-sdk';
import { canonicalText, parseCanonical, type Vocabulary } from '@revier/core';
import { AppError, Catalogue, type CatalogueVersion, type CompactJws, type Sha256 } from '@revier/schema';
import type { Vocabularies } from '../ports.ts';
import type { NodeDb } from './node-db.ts';

export interface VocabulariesOptions {
  readonly node: NodeDb;
  readonly reads: PublicReads;
  readonly trust: Trust;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Versions kept open in memory; a question names one of the last few. */
const KEPT_OPEN = 8;

export function recordsVocabularies(options: VocabulariesOptions): Vocabularies {
  // What was verified under a trust list counts for as long as that list, and no longer.
  const byList = new WeakMap<object, Map<string, Vocabulary>>();
  return {
    async open(hash, signal) {
      const { list } = options.trust;
      const opened = byList.get(list) ?? new Map<string, Vocabulary>();
      byList.set(list, opened);
      const known = opened.get(hash);
      if (known !== undefined) return known;
      const vocabulary = await load(hash, options, signal);
      opened.set(hash, vocabulary);
      for (const oldest of [...opened.keys()].slice(0, -KEPT_OPEN)) opened.delete(oldest);
      return vocabulary;
    },
  };
}

/** Nothing is stored before all of it has been verified. */
async function load(hash: Sha256, options: VocabulariesOptions, signal: AbortSignal): Promise<Vocabulary> {
  const { trust, now } = options;
  const { reads, fetched } = readsOwnFirst(options);
  try {
    const vocabulary = await loadVocabulary(reads, { hash, trust, now: new Date(now()), signal });
    await keep(options.node, vocabulary, fetched);
    return vocabulary;
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'TRUST_STALE') throw cause;
    throw isRefusal(cause) || cause instanceof AppError ? new AppError('CATALOGUE_UNKNOWN', { cause }) : cause;
  }
}

/** "I do not have it" is an answer; anything else from the broker may pass. */
const isRefusal = (cause: unknown): boolean =>
  cause instanceof ProblemError && (cause.status === 404 || cause.status === 409);

function readsOwnFirst({ node: { db }, reads }: VocabulariesOptions) {
  const fetched = new Map<Sha256, CompactJws>();
  const own: PublicReads = {
    ...reads,
    async catalogue(hash, signal): Promise<CatalogueVersion> {
      const row = await db
        .selectFrom('catalogue')
        .select('content')
        .where('hash', '=', hash ?? '')
        .executeTakeFirst();
      if (row === undefined || hash === undefined) return reads.catalogue(hash, signal);
      return { hash, catalogue: Catalogue.parse(parseCanonical(Buffer.from(row.content))) };
    },
    async document(hash, signal) {
      const row = await db.selectFrom('document').select('jws').where('hash', '=', hash).executeTakeFirst();
      if (row !== undefined) return row.jws;
      const jws = await reads.document(hash, signal);
      fetched.set(hash, jws);
      return jws;
    },
  };
  return { reads: own, fetched };
}

const keep = ({ transaction }: NodeDb, { hash, catalogue }: Vocabulary, documents: ReadonlyMap<Sha256, CompactJws>) =>
  transaction(async (trx) => {
    await trx
      .insertInto('catalogue')
      .values({ hash, content: canonicalText(catalogue) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const [hash, jws] of documents)
      await trx
        .insertInto('document')
        .values({ hash, jws })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
