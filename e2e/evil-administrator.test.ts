/** An administrator with every right over the records and the files edits the audit log a thousand times; each time it is found. */
import {
  cosign,
  createSigner,
  generateKeyPair,
  openTrustList,
  originOf,
  type PrivateKey,
  parseNote,
  type Signer,
  signCheckpoint,
  signGeneral,
  type Trust,
  verifyLog,
} from '@revier/connector-sdk';
import { emptyFrontier, grow, headOf, leafHash, sameHash } from '@revier/core';
import type { ExportLine, TrustList } from '@revier/schema';
import {
  type AuditLogTables,
  appendEntry,
  checkpointNow,
  exportLog,
  headNow,
  keepCosignature,
  type LogDb,
  makeAuditLog,
  migrate,
  openRecords,
  type Records,
} from '@revier/service-kit';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const schema = 'holder';
const owner = { participant: 'did:web:registry.example', realm: 'test' } as const;
const origin = originOf(owner.participant, owner.realm);
const witnesses = ['did:web:bochum.example', 'did:web:essen.example'];
const ENTRIES = 48;
const EVERY = 12;

let records: Records;
let db: LogDb;
let trust: Trust;
const signers = new Map<string, Signer>();
/** What a witness keeps in its own records: out of the administrator's reach. */
const seen: string[] = [];

/** Park and Miller, 1988: the same attacks in every run. */
let state = 20_260_301;
const below = (limit: number): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
};

const signerOf = (id: string): Signer => {
  const signer = signers.get(id);
  if (signer === undefined) throw new Error(`There is no ${id}.`);
  return signer;
};
const sign = (head: { size: number; hash: Uint8Array }): string =>
  signCheckpoint({ origin, ...head }, signerOf(owner.participant));

async function makeTrust(): Promise<Trust> {
  const participants: TrustList['participants'] = [];
  const privateKeys: PrivateKey[] = [];
  for (const id of [owner.participant, ...witnesses]) {
    const keys = await generateKeyPair();
    signers.set(id, await createSigner(keys.privateKey));
    privateKeys.push(keys.privateKey);
    participants.push({ id, name: id, roles: ['data-holder'], keys: [{ kid: keys.kid, key: keys.publicKey }] });
  }
  const { kid } = signerOf(owner.participant);
  const now = Date.now();
  const list: TrustList = {
    kind: 'trust-list',
    realm: owner.realm,
    version: 1,
    issued: new Date(now - 1000).toISOString(),
    expires: new Date(now + 86_400_000).toISOString(),
    threshold: 1,
    signers: [kid],
    participants,
  };
  const jws = await signGeneral('revier-trust-list+jws', list, privateKeys.slice(0, 1));
  return openTrustList(jws, { pinnedSigners: [kid], realm: owner.realm, now: new Date() });
}

beforeAll(async () => {
  trust = await makeTrust();
  records = await openRecords({ memory: true, onError: () => undefined });
  await migrate(records.db(), { schema, migrations: { '0001-log': { up: (trx) => makeAuditLog(trx, schema) } } });
  db = records.db<AuditLogTables>().withSchema(schema);
  for (let at = 1; at <= ENTRIES; at += 1) {
    await db.transaction().execute(async (trx) => {
      const log = trx.withSchema(schema);
      const facts = { task: `task-${at}`, purpose: 'ehds:PublicHealthSurveillance' };
      await appendEntry(log, { decision: 'released', codes: [], facts, person: `person-${at}` }, new Date());
      if (at % EVERY === 0) await witnessed(log);
    });
  }
});
afterAll(() => records?.close());

async function witnessed(log: LogDb): Promise<void> {
  const checkpoint = await checkpointNow(log, sign);
  if (checkpoint === undefined) throw new Error('The log is empty.');
  seen.push(checkpoint.note);
  for (const witness of witnesses) {
    const name = originOf(witness, owner.realm);
    const { text } = parseNote(checkpoint.note);
    const line = cosign(text, { name, signer: signerOf(witness), seconds: Math.floor(Date.now() / 1000) });
    await keepCosignature(log, checkpoint.size, name, line);
  }
}

const isFileUnder = (log: LogDb) => exportLog(log, { origin, ...owner });

async function linesOf(log: LogDb): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of isFileUnder(log)) lines.push(JSON.stringify(line));
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const verdictOf = async (lines: readonly string[], seenByOthers: readonly string[] = seen) =>
  (await verifyLog(each(lines), { trust, witnesses: 2, seenByOthers })).finding.verdict;

/** What a log without signatures and witnesses can tell: whether its entries fit the head that it keeps itself. */
async function fitsItself(log: LogDb): Promise<boolean> {
  const rows = await log.selectFrom('log_entry').selectAll().orderBy('index').execute();
  const edge = rows.reduce((edge, { entry }) => grow(edge, leafHash(Buffer.from(entry))).frontier, emptyFrontier);
  const head = await headNow(log);
  return head.size === edge.size && sameHash(headOf(edge), head.hash);
}

/** The administrator's hand: everything is undone afterwards. */
class Undone extends Error {}
async function tampering<T>(attack: (log: LogDb) => Promise<void>, look: (log: LogDb) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  await db
    .transaction()
    .execute(async (trx) => {
      const log = trx.withSchema(schema);
      for (const table of ['log_entry', 'log_checkpoint', 'log_snapshot'])
        await sql`alter table ${sql.table(`${schema}.${table}`)} disable trigger append_only`.execute(trx);
      await attack(log);
      result = { value: await look(log) };
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  if (result === undefined) throw new Error('The attack did not happen.');
  return result.value;
}

const entriesOf = (log: LogDb) => log.selectFrom('log_entry').select('entry').orderBy('index').execute();

/** All of the log written anew over other entries: hashes, head, all as they should be. */
async function rewrite(log: LogDb, entries: readonly string[]): Promise<void> {
  await log.deleteFrom('log_entry').execute();
  let edge = emptyFrontier;
  for (const [index, entry] of entries.entries()) {
    const { frontier, completed } = grow(edge, leafHash(Buffer.from(entry)));
    edge = frontier;
    await log
      .insertInto('log_entry')
      .values({ index, entry, hashes: Buffer.concat(completed) })
      .execute();
  }
  await log
    .updateTable('log_head')
    .set({ size: edge.size, frontier: Buffer.concat(edge.hashes) })
    .execute();
}

async function signAnew(log: LogDb): Promise<void> {
  await log.deleteFrom('log_checkpoint').execute();
  await checkpointNow(log, sign);
}

const edited = (entry: string): string => entry.replace('released', 'refused');
const withEdit = (entries: readonly string[]): string[] => {
  const at = below(entries.length);
  return entries.map((entry, place) => (place === at ? edited(entry) : entry));
};
const shortened = (entries: readonly string[]): string[] => entries.slice(0, 1 + below(entries.length - 1));
const texts = async (log: LogDb): Promise<string[]> => (await entriesOf(log)).map(({ entry }) => entry);

/** Attacks on the records that leave traces in them. */
const clumsy: Record<string, (log: LogDb) => Promise<void>> = {
  async edit(log) {
    const at = String(below(ENTRIES));
    await sql`update holder.log_entry set entry = replace(entry, 'released', 'refused') where index = ${at}`.execute(
      log,
    );
  },
  async drop(log) {
    await log
      .deleteFrom('log_entry')
      .where('index', '=', String(below(ENTRIES)))
      .execute();
  },
  async swap(log) {
    const [one, other] = [below(ENTRIES), below(ENTRIES)];
    const [a, b] = [String(one), String(other === one ? (one + 1) % ENTRIES : other)];
    await sql`update holder.log_entry as e set entry = o.entry from holder.log_entry as o
      where (e.index = ${a} and o.index = ${b}) or (e.index = ${b} and o.index = ${a})`.execute(log);
  },
  async truncate(log) {
    await log
      .deleteFrom('log_entry')
      .where('index', '>=', String(1 + below(ENTRIES - 1)))
      .execute();
  },
};

/** Attacks that leave the records in perfect order. */
const careful: Record<string, (log: LogDb) => Promise<void>> = {
  'edit and hash anew': async (log) => rewrite(log, withEdit(await texts(log))),
  'truncate and hash anew': async (log) => rewrite(log, shortened(await texts(log))),
  'edit, hash and sign anew': async (log) => {
    await rewrite(log, withEdit(await texts(log)));
    await signAnew(log);
  },
  'truncate, hash and sign anew': async (log) => {
    await rewrite(log, shortened(await texts(log)));
    await signAnew(log);
  },
  'go back to an earlier witnessed checkpoint': async (log) => {
    const size = EVERY * (1 + below(ENTRIES / EVERY - 1));
    await rewrite(log, (await texts(log)).slice(0, size));
    await log.deleteFrom('log_checkpoint').where('size', '>', String(size)).execute();
  },
};

const times = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('an untouched log', () => {
  it('holds, with its witnesses and against what they have seen', async () => {
    expect(await verdictOf(await linesOf(db))).toBe('ok');
    expect(await fitsItself(db)).toBe(true);
  });
});

describe('an administrator of the records', () => {
  it.each(Object.entries(clumsy))('is found a hundred times: %s', async (_, attack) => {
    for (const _ of times(100))
      expect(await tampering(attack, async (log) => verdictOf(await linesOf(log)))).not.toBe('ok');
  });

  it.each(Object.entries(careful))(
    'is found forty times: %s; and without signatures and witnesses never',
    async (_, attack) => {
      for (const _ of times(40)) {
        const [verdict, fits] = await tampering(attack, async (log) => [
          await verdictOf(await linesOf(log)),
          await fitsItself(log),
        ]);
        expect(verdict).not.toBe('ok');
        expect(fits).toBe(true);
      }
    },
  );

  it('who goes back to what was witnessed earlier is found by nothing but the witnesses', async () => {
    const attack = careful['go back to an earlier witnessed checkpoint'];
    if (attack === undefined) throw new Error('There is no such attack.');
    const [alone, withOthers] = await tampering(attack, async (log) => {
      const lines = await linesOf(log);
      return [await verdictOf(lines, []), await verdictOf(lines)];
    });
    expect(alone).toBe('ok');
    expect(withOthers).toBe('incomplete');
  });
});

describe('an administrator of exported files', () => {
  const isEntry = (line: string): boolean => line.startsWith('{"kind":"entry"');
  const renumbered = (lines: readonly string[]): string[] => {
    let index = 0;
    return lines.map((line) => {
      const read: ExportLine = JSON.parse(line);
      return read.kind === 'entry' ? JSON.stringify({ ...read, index: index++ }) : line;
    });
  };
  const placeOf = (lines: readonly string[]): number => 1 + below(lines.filter(isEntry).length);
  const attacks: Record<string, (lines: string[]) => string[]> = {
    edit: (lines) => {
      const at = placeOf(lines);
      return lines.with(at, edited(lines[at] ?? ''));
    },
    drop: (lines) => renumbered(lines.toSpliced(placeOf(lines), 1)),
    reorder: (lines) => {
      const at = 1 + below(ENTRIES - 1);
      return renumbered(lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? ''));
    },
    insert: (lines) => renumbered(lines.toSpliced(placeOf(lines), 0, edited(lines[placeOf(lines)] ?? ''))),
  };

  it.each(Object.entries(attacks))('is found a hundred times: %s', async (_, attack) => {
    const lines = await linesOf(db);
    for (const _ of times(100)) expect(await verdictOf(attack([...lines]))).not.toBe('ok');
  });
});
