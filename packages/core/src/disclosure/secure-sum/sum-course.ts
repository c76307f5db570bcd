/** The course of a secure sum where its parts meet: who has said what in which attempt, and whom to ask next. Pure; time is an argument. */
import { thresholdOf } from './shamir.ts';

/**
 * `offer`: members accept, each with a key of its own · `roster`: everybody has, and masks · `open`: everybody has masked, and opens ·
 * `opened`: the total can be computed; it never changes again.
 */
export type SumPhase = 'offer' | 'roster' | 'open' | 'opened';

export interface HeldShare {
  readonly x: number;
  readonly y: string;
}

export interface MemberPart {
  readonly member: string;
  readonly receipt: string | null;
  readonly header: string | null;
  /** Digest of the masked body. */
  readonly body: string | null;
  readonly seed: string | null;
  /** Its shares of the seeds of lost members. */
  readonly shares: Readonly<Record<string, HeldShare>>;
  readonly hasOpened: boolean;
}

export interface SumCourse {
  readonly attempt: number;
  readonly phase: SumPhase;
  /** When the phase has begun; milliseconds since the epoch. */
  readonly since: number;
  /** Sorted by member. */
  readonly parts: readonly MemberPart[];
  /** Members whose seeds the others are asked for. */
  readonly recover: readonly string[];
}

export type SumEvent =
  | { readonly kind: 'receipt'; readonly member: string; readonly attempt: number; readonly receipt: string }
  | {
      readonly kind: 'masked';
      readonly member: string;
      readonly attempt: number;
      readonly header: string;
      readonly body: string;
    }
  | {
      readonly kind: 'opening';
      readonly member: string;
      readonly attempt: number;
      readonly seed: string;
      readonly shares: Readonly<Record<string, HeldShare>>;
    }
  | { readonly kind: 'clock' };

export interface SumRules {
  /** So long a member may be away before the attempt ends, or its seed is recovered. */
  readonly patienceMs: number;
  /** False while another sum over the same cells is under way: two at once could block each other for the epoch. */
  readonly mayBegin: boolean;
  /** The seed that these shares give, if it is the one that the member has committed to. */
  readonly recovered: (part: MemberPart, shares: readonly HeldShare[]) => string | undefined;
}

const nothing = { receipt: null, header: null, body: null, seed: null, shares: {}, hasOpened: false } as const;

export const beginSum = (members: readonly string[], now: number): SumCourse => ({
  ...{ attempt: 1, phase: 'offer', since: now, recover: [] },
  parts: members.toSorted().map((member) => ({ member, ...nothing })),
});

/** Messages may come twice, late, in any order or from an attempt that has ended: what does not count changes nothing. */
export function advanceSum(course: SumCourse, event: SumEvent, now: number, rules: SumRules): SumCourse {
  if (course.phase === 'opened') return course;
  return moveOn(event.kind === 'clock' ? waited(course, now, rules) : noted(course, event), now, rules);
}

/** Members that have not said yet what their phase asks of them: the step goes to these. */
export function owing({ phase, parts, recover }: SumCourse): readonly string[] {
  const owes = (part: MemberPart): boolean => {
    if (phase === 'offer') return part.receipt === null;
    if (phase === 'roster') return part.header === null;
    return (
      phase === 'open' && (!part.hasOpened || recover.some((lost) => lost !== part.member && !(lost in part.shares)))
    );
  };
  return parts.filter(owes).map(({ member }) => member);
}

/** What does not belong to this attempt, or comes before its time, is nothing. */
function noted(course: SumCourse, event: Exclude<SumEvent, { kind: 'clock' }>): SumCourse {
  if (event.attempt !== course.attempt) return course;
  const change = (part: MemberPart): MemberPart => {
    if (part.member !== event.member) return part;
    if (event.kind === 'receipt')
      return course.phase === 'offer' && part.receipt === null ? { ...part, receipt: event.receipt } : part;
    if (event.kind === 'masked')
      return course.phase === 'roster' && part.header === null
        ? { ...part, header: event.header, body: event.body }
        : part;
    if (course.phase !== 'open') return part;
    return { ...part, hasOpened: true, seed: part.seed ?? event.seed, shares: { ...event.shares, ...part.shares } };
  };
  const parts = course.parts.map(change);
  return parts.some((part, at) => part !== course.parts[at]) ? { ...course, parts } : course;
}

/** Before opening a lost member ends the attempt, with fresh keys for everybody; afterwards its seed is recovered, and nothing runs again. */
function waited(course: SumCourse, now: number, { patienceMs }: SumRules): SumCourse {
  if (now - course.since < patienceMs) return course;
  if (course.phase === 'roster') return { ...beginSum(membersOf(course), now), attempt: course.attempt + 1 };
  if (course.phase !== 'open') return course;
  const lost = course.parts.filter(({ hasOpened }) => !hasOpened).map(({ member }) => member);
  return { ...course, recover: [...new Set([...course.recover, ...lost])].sort(), since: now };
}

function moveOn(course: SumCourse, now: number, rules: SumRules): SumCourse {
  const { phase, parts } = course;
  if (phase === 'offer')
    return rules.mayBegin && parts.every(({ receipt }) => receipt !== null)
      ? { ...course, phase: 'roster', since: now }
      : course;
  if (phase === 'roster')
    return parts.every(({ header }) => header !== null) ? { ...course, phase: 'open', since: now } : course;
  const found = phase === 'open' ? withRecovered(course, rules) : course;
  return found.parts.every(({ seed }) => seed !== null) ? { ...found, phase: 'opened', since: now } : found;
}

function withRecovered(course: SumCourse, { recovered }: SumRules): SumCourse {
  const needed = thresholdOf(course.parts.length);
  const parts = course.parts.map((part) => {
    if (part.seed !== null) return part;
    const shares = course.parts.flatMap((other) => other.shares[part.member] ?? []);
    const seed = shares.length < needed ? undefined : recovered(part, shares.slice(0, needed));
    return seed === undefined ? part : { ...part, seed };
  });
  return { ...course, parts };
}

export const membersOf = ({ parts }: SumCourse): readonly string[] => parts.map(({ member }) => member);

/** Whether members are asked for something else now. */
export const hasMoved = (before: SumCourse, course: SumCourse): boolean =>
  before.phase !== course.phase ||
  before.attempt !== course.attempt ||
  before.recover.join(' ') !== course.recover.join(' ');
