/** Exports of logs as participants write them, for tests: real trees, real checkpoints, real cosignatures. */
import { cosign, originOf, parseNote, signCheckpoint } from '@revier/connector-sdk';
import { canonicalText, contentHash, emptyFrontier, grow, headOf, leafHash } from '@revier/core';
import { ExportLine, type LogEntry } from '@revier/schema';
import type { Actor } from './small-realm.case.ts';

export interface LogToExport {
  readonly owner: Actor;
  readonly entries: readonly LogEntry[];
  readonly witnesses?: readonly Actor[];
  readonly snapshots?: readonly unknown[];
}

export const entry = (at: string, decision: string, facts: LogEntry['facts'] = {}, codes: string[] = []): LogEntry => ({
  ...{ at, decision, codes, facts },
  person: null,
});

/** Signed at its end. */
export function exported({ owner, entries, witnesses = [], snapshots = [] }: LogToExport): string {
  const origin = originOf(owner.id, 'test');
  const texts = entries.map(canonicalText);
  const edge = texts.reduce((before, text) => grow(before, leafHash(Buffer.from(text))).frontier, emptyFrontier);
  const note = signCheckpoint({ origin, size: texts.length, hash: headOf(edge) }, owner.signer);
  const lines = witnesses.map(({ id, signer }) =>
    cosign(parseNote(note).text, { name: originOf(id, 'test'), signer, seconds: 1_780_000_000 }),
  );
  return [
    { kind: 'log', origin, participant: owner.id, realm: 'test', size: texts.length },
    ...texts.map((text, index) => ({ kind: 'entry', index, entry: text })),
    { kind: 'checkpoint', note: `${note}${lines.map((line) => `${line}\n`).join('')}` },
    ...snapshots.map((content) => ({
      kind: 'snapshot',
      hash: contentHash(content),
      content: canonicalText(content),
    })),
  ]
    .map((line) => `${JSON.stringify(ExportLine.parse(line))}\n`)
    .join('');
}
