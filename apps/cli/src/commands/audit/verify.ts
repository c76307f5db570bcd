/** `revier audit verify`: an exported log against its signatures, its witnesses, and what others have seen of it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  checkpointIn,
  headsAt,
  type LogFinding,
  type LogVerdict,
  type ReadLog,
  resolver,
  verifyCompact,
  verifyLog,
} from '@revier/connector-sdk';
import { contentHash, sameHash } from '@revier/core';
import { AppError, CompactJws, LogEntry, Receipt } from '@revier/schema';
import { asJson, type Context, type ExitCode, put } from '../../context.ts';
import { trustOf } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { langOf } from '../../terminal.ts';
import { linesOf } from './lines.ts';
import { type Told, verdictText } from './words.ts';

/** The design's own numbers (federation.md §6). */
export const verdictCodes = { ok: 0, tampered: 2, incomplete: 3, unwitnessed: 4 } as const satisfies Record<
  LogVerdict,
  ExitCode
>;

export async function verify(context: Context): Promise<ExitCode> {
  const [what, ...files] = context.positionals;
  if (what === 'full') return tell(context, (await full(context, files)).finding);
  if (what === 'inclusion') return tell(context, await inclusion(context, files));
  if (what === 'consistency') return tell(context, await consistency(context, files));
  if (what === 'receipt') return tell(context, await receipt(context, files));
  throw new UsageError('Say full, inclusion, consistency or receipt.');
}

interface Verified {
  readonly finding: LogFinding;
  readonly log: ReadLog | null;
}

export async function full(
  context: Context,
  [file, ...others]: readonly string[],
  onEntry?: (index: number, entry: string) => void,
): Promise<Verified> {
  if (file === undefined || file === '') throw new UsageError('Name the exported log.');
  const trust = await trustOf(context);
  const seen: string[] = [];
  for (const other of others) seen.push(...((await verifyLog(linesOf(context, other), { trust })).log?.seen ?? []));
  const { witnesses } = context.flags;
  const verified = await verifyLog(linesOf(context, file), {
    trust,
    // Notes of other logs do not open under the name of this one, and are passed over.
    seenByOthers: seen,
    ...(witnesses === undefined ? {} : { witnesses }),
    ...(onEntry === undefined ? {} : { onEntry }),
  });
  const owner = verified.log?.participant;
  if (owner !== undefined && !trust.list.participants.some(({ id }) => id === owner))
    throw new UsageError(`${file} is a log of ${owner}, whom the trust list in the folder does not name.`);
  return verified;
}

/** The whole log has to hold; then the entry stands in it. */
async function inclusion(context: Context, [file = '', at = '']: readonly string[]): Promise<LogFinding> {
  if (!/^\d{1,15}$/.test(at)) throw new UsageError('Name the export and the place of the entry.');
  const { finding } = await full(context, [file]);
  return under(finding, Number(at));
}

/** Under the longest checkpoint that others vouch for. */
function under(finding: LogFinding, index: number): LogFinding {
  if (finding.verdict === 'tampered') return finding;
  if (index >= finding.entries)
    return { ...finding, verdict: 'incomplete', faults: [...finding.faults, `There is no entry ${index}.`] };
  if (index < (finding.witnessed?.size ?? 0)) return { ...finding, verdict: 'ok', faults: [] };
  return { ...finding, verdict: 'unwitnessed', faults: [...finding.faults, `Nobody vouches for entry ${index} yet.`] };
}

async function consistency(context: Context, [earlier = '', later = '']: readonly string[]): Promise<LogFinding> {
  const before = await full(context, [earlier]);
  const after = await full(context, [later]);
  if (before.finding.verdict === 'tampered') return before.finding;
  if (after.finding.verdict === 'tampered' || before.log === null || after.log === null) return after.finding;
  if (before.log.origin !== after.log.origin)
    throw new UsageError(`These are two logs: ${before.log.origin} and ${after.log.origin}.`);
  const heads = headsAt(
    after.log,
    before.log.checkpoints.map((note) => checkpointIn(note).size),
  );
  const faults = before.log.checkpoints.map(checkpointIn).flatMap(({ size, hash }) => {
    const head = heads.get(size);
    return head !== undefined && sameHash(head, hash) ? [] : [`The later export does not go on from ${size} entries.`];
  });
  if (faults.length === 0) return after.finding;
  return { ...after.finding, verdict: after.log.entries < before.log.entries ? 'incomplete' : 'tampered', faults };
}

/** The holder has signed it, and its hash stands in an entry. */
async function receipt(context: Context, [file = '', name = '']: readonly string[]): Promise<LogFinding> {
  const text = await readFile(resolve(context.terminal.cwd, name), 'utf8').catch(() => {
    throw new UsageError(`${name} cannot be read.`);
  });
  const jws = CompactJws.safeParse(text.trim());
  if (!jws.success) throw new UsageError(`${name} is no receipt.`);
  const trust = await trustOf(context);
  const said = await verifyCompact(jws.data, 'revier-receipt+jws', Receipt, resolver(trust)).catch((cause: unknown) => {
    throw cause instanceof AppError ? new UsageError(`${name} is not signed by anybody in the trust list.`) : cause;
  });
  const hash = contentHash(said);
  let found: number | undefined;
  const { finding, log } = await full(context, [file], (index, entry) => {
    if (entry.includes(hash) && LogEntry.parse(JSON.parse(entry)).facts.receipt === hash) found = index;
  });
  if (log !== null && found !== undefined && log.participant !== said.iss)
    throw new UsageError(`${name} is of ${said.iss}, and the log of ${log.participant}.`);
  if (found !== undefined) return under(finding, found);
  if (finding.verdict === 'tampered') return finding;
  return { ...finding, verdict: 'incomplete', faults: [...finding.faults, 'The receipt does not stand in the log.'] };
}

export async function tell(context: Context, finding: Told): Promise<ExitCode> {
  const { flags, terminal } = context;
  await put(context, flags.json ? asJson(finding) : verdictText(finding, flags.lang ?? langOf(terminal)));
  return verdictCodes[finding.verdict];
}
