/** Where a negotiation and its agreement are, for people: what is in force, what comes next, and what ends soon. */
import { isFinal, isOver, lifeOf } from '@revier/core';
import type { AgreementStatus, RegisterId } from '@revier/schema';
import type { NegotiationRecord, RegisterRecord } from './records.ts';

/** Of a finalized agreement the holder's last word; until there is one, null. */
export function statusOf({ agreement, statuses }: NegotiationRecord): AgreementStatus | null {
  return agreement === null ? null : lifeOf(agreement.hash, statuses).status;
}

/** Can be asked under: both have signed, the holder has concluded, and it is neither suspended nor over. */
export function isInForce(record: NegotiationRecord, now: Date): boolean {
  const status = statusOf(record);
  return (
    record.state === 'FINALIZED' &&
    (status === null || status === 'ACTIVE') &&
    now.getTime() < Date.parse(endOf(record))
  );
}

/** Also what is suspended: it may be resumed, so an amendment replaces it. */
export const isStanding = (record: NegotiationRecord): boolean => {
  const status = statusOf(record);
  return record.state === 'FINALIZED' && !(status !== null && isOver(status));
};

export const isUnderWay = ({ state }: NegotiationRecord): boolean => !isFinal(state);

const NEVER = '9999-12-31T23:59:59Z';

/** When the terms end, by the first permission that does. */
export const endOf = ({ agreement, offer }: NegotiationRecord): string =>
  (agreement?.agreement ?? offer).permission
    .flatMap(({ constraint }) => constraint)
    .flatMap((one) => (one.leftOperand === 'odrl:dateTime' && one.operator === 'lt' ? [one.rightOperand] : []))
    .reduce((first, end) => (Date.parse(end) < Date.parse(first) ? end : first), NEVER);

export type NextStep =
  | 'wait-for-holder'
  | 'decide'
  | 'wait-for-signature'
  | 'ask'
  | 'suspended'
  | 'over'
  | 'replaced'
  | 'ended';

export function nextStepOf(record: NegotiationRecord, now: Date): NextStep {
  if (record.state === 'TERMINATED') return 'ended';
  if (record.state === 'OFFERED') return 'decide';
  if (record.state === 'REQUESTED') return 'wait-for-holder';
  if (record.state !== 'FINALIZED') return 'wait-for-signature';
  const status = statusOf(record);
  if (status === 'SUPERSEDED') return 'replaced';
  if (status === 'SUSPENDED') return 'suspended';
  return isInForce(record, now) ? 'ask' : 'over';
}

const DAY_MS = 86_400_000;
const warnings = [1, 14, 60] as const;

/** The closest of 60, 14 and 1 days before the end that has been reached; undefined before, and afterwards. */
export function renewalWarning(record: NegotiationRecord, now: Date): (typeof warnings)[number] | undefined {
  if (!isInForce(record, now)) return undefined;
  const left = Date.parse(endOf(record)) - now.getTime();
  return warnings.find((days) => left <= days * DAY_MS);
}

export interface OwedDuty {
  readonly register: RegisterId;
  readonly record: NegotiationRecord;
  readonly duty: string;
  /** Where it stands in the agreement. */
  readonly pointer: string;
  readonly done: string | null;
}

/**
 * Of every agreement that was ever concluded, since what has ended still has to be published, or deleted; but of versions that
 * replaced each other the last one, which took over what was done under those before it.
 */
export const dutiesOf = ({ register, negotiations }: RegisterRecord): OwedDuty[] => {
  const concluded = negotiations.filter(({ state }) => state === 'FINALIZED');
  const replaced = new Set(concluded.map(({ agreement }) => agreement?.agreement['rv:replaces']));
  return concluded
    .filter(({ agreement }) => !replaced.has(agreement?.hash))
    .flatMap((record) => {
      const done = new Map(lineOf(record, concluded).flatMap((one) => one.duties.map((d) => [d.duty, d.doneAt])));
      return (record.agreement?.agreement.permission ?? []).flatMap((permission, rule) =>
        (permission.duty ?? []).map(({ '@id': duty }, at) => ({
          ...{ register, record, duty },
          pointer: `/permission/${rule}/duty/${at}`,
          done: done.get(duty) ?? null,
        })),
      );
    });
};

/** An agreement with the versions that it replaced, one after the other. */
function lineOf(record: NegotiationRecord, all: readonly NegotiationRecord[]): NegotiationRecord[] {
  const before = record.agreement?.agreement['rv:replaces'];
  const own = before === undefined ? undefined : all.find(({ agreement }) => agreement?.hash === before);
  return own === undefined ? [record] : [record, ...lineOf(own, all)];
}
