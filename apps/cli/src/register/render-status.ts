/** Where registers are, as a person reads it: a table for each, what is owed, and what ends soon. */
import {
  dutiesOf,
  endOf,
  type NegotiationRecord,
  nextStepOf,
  type RegisterRecord,
  renewalWarning,
  statusOf,
} from '@revier/connector-sdk';
import { renderPolicy } from '@revier/core';
import { plain, widest } from '../render/plain-text.ts';
import type { Lang } from '../render/words.ts';
import { stateWords, statusWords, stepWords, words } from './words.ts';

export function renderStatus(records: readonly RegisterRecord[], lang: Lang, now: Date): string {
  if (records.length === 0) return words.none[lang];
  return records.map((record) => renderRegister(record, lang, now).join('\n')).join('\n\n');
}

function renderRegister(record: RegisterRecord, lang: Lang, now: Date): string[] {
  const rows = record.negotiations.map((one) => rowOf(one, lang, now));
  const waiting = record.outgoing.length;
  return [
    record.register,
    ...tableOf([[...words.heads[lang]], ...rows]),
    ...record.negotiations.flatMap((one) => remarksOn(one, lang, now)),
    ...(waiting === 0 ? [] : [`  ${words.waiting[lang]}: ${waiting} (revier register sync)`]),
    ...dutyLines(record, lang),
  ].map(indented);
}

const indented = (line: string, at: number): string => (at === 0 ? line : `  ${line.trimEnd()}`);

function rowOf(record: NegotiationRecord, lang: Lang, now: Date): string[] {
  const status = statusOf(record);
  const state = status === null ? stateWords[record.state][lang] : statusWords[status][lang];
  const step = nextStepOf(record, now);
  return [record.dataset, record.holder, state, endOf(record).slice(0, 10), stepWords[step][lang]];
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => widest(rows.map((row) => row[at] ?? '')));
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
}

function remarksOn(record: NegotiationRecord, lang: Lang, now: Date): string[] {
  const days = renewalWarning(record, now);
  const { ended } = record;
  return [
    ...(days === undefined ? [] : [`! ${record.dataset}: ${words.renew[lang](days)}`]),
    ...(ended === null
      ? []
      : [
          `  ${record.dataset}: ${words.reason[lang]} ${plain([ended.code ?? '', ...ended.reasons].join(' '))} (${ended.by})`,
        ]),
  ];
}

function dutyLines(record: RegisterRecord, lang: Lang): string[] {
  const duties = dutiesOf(record);
  if (duties.length === 0) return [];
  return [
    `${words.duties[lang]}:`,
    ...duties.map(({ duty, record: { dataset, agreement }, pointer, done }) => {
      const sentence = agreement && renderPolicy(agreement.agreement).find((one) => one.pointer === pointer);
      const state = done === null ? words.open[lang] : `${words.done[lang]} ${done.slice(0, 10)}`;
      return `  ${duty} ${dataset}: ${sentence?.[lang] ?? ''} [${state}]`;
    }),
  ];
}

/** The same for programs. */
export const statusAsJson = (records: readonly RegisterRecord[], now: Date) =>
  records.map((record) => ({
    register: record.register,
    closed: record.closed,
    unsent: record.outgoing.length,
    negotiations: record.negotiations.map((one) => ({
      holder: one.holder,
      dataset: one.dataset,
      state: one.state,
      since: one.since,
      status: statusOf(one),
      agreement: one.agreement?.hash ?? null,
      until: endOf(one),
      next: nextStepOf(one, now),
      renewWithinDays: renewalWarning(one, now) ?? null,
      ended: one.ended,
    })),
    duties: dutiesOf(record).map(({ duty, record: { dataset }, done }) => ({ duty, dataset, done })),
  }));
