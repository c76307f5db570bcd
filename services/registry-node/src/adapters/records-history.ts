/** The history in the node's records: each answer is kept with what later ones are held against, before it leaves. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeRelease } from '@revier/connector-sdk';
import type { AnswerBasis, FigureSets, PastAnswer } from '@revier/core';
import { Perturbation, Sha256 } from '@revier/schema';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { NodeTables } from '../db/tables.ts';
import type { AnswerKey, History, KeptBody } from '../ports.ts';
import { openSealedAnswer, type SealedAnswer } from '../rooms/sieve.ts';
import { lockNamed, type NodeDb } from './node-db.ts';

type Db = Kysely<NodeTables>;

export function recordsHistory(node: NodeDb): History {
  const { db, schema } = node;
  return {
    answer: (key, make) =>
      node.transaction(async (trx) => {
        await lockNamed(trx, `${schema} history ${key.dataset}`);
        const kept = (await keptUnder(trx, key)) ?? (await keptWithoutBasis(trx, key));
        if (kept !== undefined) return kept;
        const answer = make(await pastOf(trx, key.dataset));
        await keep(trx, key, answer);
        return answer;
      }),
    async answered(dataset) {
      const rows = await db
        .selectFrom('answer')
        .select('table_hash')
        .distinct()
        .where('dataset', '=', dataset)
        .execute();
      return new Set(rows.map(({ table_hash: hash }) => Sha256.parse(hash)));
    },
  };
}

export async function keptUnder(db: Db, key: AnswerKey): Promise<KeptBody | undefined> {
  const row = await db
    .selectFrom('answer')
    .select(['body', 'body_hash'])
    .where('dataset', '=', key.dataset)
    .where('epoch', '=', key.epoch)
    .where('table_hash', '=', key.table)
    .where('min_cell_size', '=', key.minCellSize)
    .where('versions', '=', key.versions)
    .executeTakeFirst();
  return row && { bytes: row.body, hash: Sha256.parse(row.body_hash) };
}

/** Answered before any basis was kept, in an older epoch: nothing can be held against that, so it stays as a whole. */
async function keptWithoutBasis(db: Db, key: AnswerKey): Promise<KeptBody | undefined> {
  if (key.minCellSize === 0) return undefined;
  const row = await withBasis(db, key.dataset)
    .select(['answer.body', 'answer.body_hash'])
    .where('answer_basis.seq', 'is', null)
    .where('answer.table_hash', '=', key.table)
    .where('answer.min_cell_size', '=', key.minCellSize)
    .where('answer.versions', '=', key.versions)
    .executeTakeFirst();
  return row && { bytes: row.body, hash: Sha256.parse(row.body_hash) };
}

const withBasis = (db: Db, dataset: string) =>
  db
    .selectFrom('answer')
    .leftJoin('answer_basis', (join) =>
      join
        .onRef('answer_basis.dataset', '=', 'answer.dataset')
        .onRef('answer_basis.epoch', '=', 'answer.epoch')
        .onRef('answer_basis.table_hash', '=', 'answer.table_hash')
        .onRef('answer_basis.min_cell_size', '=', 'answer.min_cell_size')
        .onRef('answer_basis.versions', '=', 'answer.versions'),
    )
    .where('answer.dataset', '=', dataset);

async function pastOf(db: Db, dataset: string): Promise<readonly PastAnswer[]> {
  const rows = await withBasis(db, dataset)
    .select(['answer.epoch', 'answer.table_hash', 'answer.min_cell_size', 'answer.body', 'answer.body_hash'])
    .select(['answer_basis.perturbation', 'answer_basis.basis'])
    .where('answer_basis.seq', 'is not', null)
    .orderBy('answer_basis.seq')
    .execute();
  return rows.flatMap(({ epoch, table_hash: table, min_cell_size: minCellSize, body, body_hash: hash, ...rest }) => {
    if (rest.basis === null) return [];
    return {
      ...{ epoch, minCellSize, table: Sha256.parse(table) },
      perturbation: rest.perturbation === null ? null : Perturbation.parse(JSON.parse(rest.perturbation)),
      measures: decodeRelease(body, { bytes: body.length, sha256: Sha256.parse(hash) }).measures,
      basis: readBasis(rest.basis),
    };
  });
}

async function keep(trx: Db, key: AnswerKey, answer: SealedAnswer): Promise<void> {
  const { bytes, hash, basis, granted } = openSealedAnswer(answer);
  const row = {
    ...{ dataset: key.dataset, epoch: key.epoch, table_hash: key.table },
    ...{ min_cell_size: key.minCellSize, versions: key.versions },
  };
  await trx
    .insertInto('answer')
    .values({ ...row, body_hash: hash, body: Buffer.from(bytes) })
    .execute();
  if (basis == null) return;
  const { cellKeys } = granted;
  const perturbation = cellKeys === null ? null : JSON.stringify(cellKeys.perturbation);
  await trx
    .insertInto('answer_basis')
    .values({ ...row, perturbation, basis: writeBasis(basis) })
    .execute();
}

const Shape = z.strictObject({
  dimensions: z.array(z.strictObject({ variable: z.string(), pairs: z.array(z.tuple([z.string(), z.int()])) })),
  margins: z.boolean(),
  measures: z.array(
    z.strictObject({
      figure: z.string(),
      where: z.array(z.strictObject({ variable: z.string(), stored: z.array(z.string()) })),
    }),
  ),
  declared: z.record(z.string(), z.array(z.string())),
});

const Numbers = z.array(z.number());
const Basis = z.strictObject({
  shape: Shape,
  sets: z.array(z.strictObject({ units: Numbers, persons: Numbers, keys: Numbers, fresh: Numbers })),
});

/** JSON of short whole numbers deflates to little, and is read by nobody else. */
function writeBasis({ shape, sets }: AnswerBasis): Buffer {
  const plain = sets.map(({ units, persons, keys, fresh }) => ({
    ...{ units: onlyFresh(units, fresh), persons: onlyFresh(persons, fresh), keys: onlyFresh(keys, fresh) },
    fresh: [...fresh],
  }));
  return deflateRawSync(JSON.stringify({ shape, sets: plain }));
}

/** What repeats an older figure is held against nothing: that one's sets are. */
const onlyFresh = (values: Iterable<number>, fresh: Uint8Array): number[] =>
  Array.from(values, (value, cell) => (fresh[cell] === 1 ? value : 0));

function readBasis(bytes: Buffer): AnswerBasis {
  const { shape, sets } = Basis.parse(JSON.parse(inflateRawSync(bytes).toString('utf8')));
  const typed = sets.map(
    ({ units, persons, keys, fresh }): FigureSets => ({
      ...{ units: Float64Array.from(units), persons: Float64Array.from(persons) },
      ...{ keys: Uint32Array.from(keys), fresh: Uint8Array.from(fresh) },
    }),
  );
  return { shape, sets: typed };
}
