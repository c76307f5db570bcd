/** Padded pairs over imports: a set without the target asked before, the same set with it after, or the other way round; equal sets would have equal noise. */
import type { Dice } from '../dice.ts';
import { apart } from '../guessing.ts';
import { WEEKS } from './averaged.ts';
import type { Asked } from './rows.ts';
import { type Answered, type Guards, type Weekly, weekly } from './weekly.ts';

export interface Pairing {
  readonly random: Dice;
  /** Imports of the year that bring or take targets, 52 at most. */
  readonly imports: number;
  readonly guards: Guards;
  /** Pairs of each target, each with another padding. */
  readonly pads: number;
}

export interface Paired {
  readonly targets: number;
  /** Secrets that were guessed. */
  readonly right: number;
  readonly pairs: number;
  /** Pairs of which the first question was answered with figures, and of which both were. */
  readonly begun: number;
  readonly told: number;
}

/** Targets of one import, each the only man of a district; there are as many districts to pad with. */
const TARGETS_EACH = 40;
const [WOMEN, MEN] = [0, 1];
const [EARLY, LATE] = [0, 1];
const STAGES = [EARLY, LATE] as const;

/** Balanced. */
const isLate = (district: number): boolean => district % 2 === 0;

interface Group {
  /** Of the import that they come with, or leave with. */
  readonly week: number;
  readonly leaves: boolean;
  readonly districts: readonly number[];
}

/** Answers of one week to all pairs of its targets. */
interface Round {
  readonly group: Group;
  readonly before: readonly Answered[];
  readonly after: readonly Answered[];
}

/** Others join everywhere in every week, but where a target does: there nothing else changes, and the attacker knows that. */
export function pairsOverImports({ random, imports, guards, pads }: Pairing): Paired {
  const groups = groupsOf(imports, random);
  const all = (groups.length + 1) * TARGETS_EACH;
  const register = weekly([all, 2, STAGES.length], random, guards);
  for (let district = 0; district < all; district++)
    for (const stage of STAGES) register.join([district, WOMEN, stage], 20 + random.below(60));
  for (const group of groups) if (group.leaves) move(register, group, 'join');
  const rounds: Round[] = [];
  for (let week = 1; week <= WEEKS; week++) {
    const group = groups.find((one) => one.week === week);
    const ask = (isWide: boolean): readonly Answered[] =>
      group === undefined
        ? []
        : Array.from({ length: pads }, (_, pad) => register.ask(tableOf(group, { pad, isWide, all })));
    const before = ask(group?.leaves === true);
    for (const { districts } of groups.filter((one) => one !== group))
      for (const district of districts)
        for (const stage of STAGES) register.join([district, WOMEN, stage], random.below(3));
    if (group !== undefined) move(register, group, group.leaves ? 'leave' : 'join');
    register.import();
    if (group !== undefined) rounds.push({ group, before, after: ask(!group.leaves) });
  }
  return judged(rounds, random);
}

function groupsOf(imports: number, random: Dice): readonly Group[] {
  const weeks = random.shuffled(Array.from({ length: WEEKS }, (_, before) => before + 1)).slice(0, imports);
  return weeks.map((week, place) => ({
    ...{ week, leaves: place % 2 === 1 },
    districts: Array.from({ length: TARGETS_EACH }, (_, at) => place * TARGETS_EACH + at),
  }));
}

function move(register: Weekly, { districts }: Group, how: 'join' | 'leave'): void {
  for (const district of districts) register[how]([district, MEN, isLate(district) ? LATE : EARLY], 1);
}

interface Question {
  readonly pad: number;
  readonly isWide: boolean;
  /** Districts that there are, those to pad with last. */
  readonly all: number;
}

/** Each district of the group, with a district of padding but for the first pair, by stage: everybody, or women alone. */
function tableOf({ districts }: Group, { pad, isWide, all }: Question): Asked {
  const padding = (at: number): number => all - TARGETS_EACH + ((at + pad) % TARGETS_EACH);
  const groups = districts.flatMap((district, at) =>
    (pad === 0 ? [district] : [district, padding(at)]).map((code) => [code, at] as const),
  );
  return {
    by: [
      { variable: 0, groups },
      { variable: 2, groups: STAGES.map((stage) => [stage, stage] as const) },
    ],
    where: isWide ? [] : [{ variable: 1, codes: [WOMEN] }],
  };
}

function judged(rounds: readonly Round[], random: Dice): Paired {
  let [targets, right, pairs, begun, told] = [0, 0, 0, 0, 0];
  for (const { group, before, after } of rounds)
    group.districts.forEach((district, at) => {
      const hints = before.map((first, pad) => {
        const found = STAGES.map((stage) => pairOf(group, at * STAGES.length + stage, [first, after[pad]]));
        if (found.every((one) => one.begun)) begun++;
        if (found.every((one) => one.told)) told++;
        return (found[LATE]?.differs ?? 0) - (found[EARLY]?.differs ?? 0);
      });
      const hint = hints.reduce((sum, one) => sum + one, 0);
      pairs += hints.length;
      targets++;
      if ((hint === 0 ? random.chance(0.5) : hint > 0) === isLate(district)) right++;
    });
  // Who is always wrong knows as much.
  return { targets, right: Math.max(right, targets - right), pairs, begun, told };
}

/** `differs`: 0 where both figures are the same, 1 where they are not, and what is withheld in between. */
function pairOf({ leaves }: Group, cell: number, [first, second]: readonly (Answered | undefined)[]) {
  const [before = null, after = null] = [first?.figures[cell], second?.figures[cell]];
  const [wide, narrow] = leaves ? [before, after] : [after, before];
  return {
    begun: before !== null,
    told: before !== null && after !== null,
    differs: Math.min(1, Math.abs(apart(wide, narrow))),
  };
}
