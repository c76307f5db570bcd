/** Guessing secrets: how many of the targets' bits an attacker gets right. */
import type { Stage } from './attack.ts';
import type { Target } from './federation/people.ts';

export interface Guessed {
  /** Never below one half: who is always wrong knows as much as who is always right. */
  readonly accuracy: number;
  /** Targets of whom there was a hint at all; the rest is a toss. */
  readonly hinted: number;
  readonly targets: number;
}

/** `hint`: above 0 for late, below for early, 0 where nothing speaks for either. */
export async function guessed(
  { federation, random }: Pick<Stage, 'federation' | 'random'>,
  hint: (target: Target) => number | Promise<number>,
): Promise<Guessed> {
  const { targets } = federation.people;
  let [right, hinted] = [0, 0];
  for (const target of targets) {
    const toward = await hint(target);
    if (toward !== 0) hinted++;
    const guess = toward === 0 ? random.chance(0.5) : toward > 0;
    if (guess === target.person.late) right++;
  }
  return { accuracy: Math.max(right, targets.length - right) / targets.length, hinted, targets: targets.length };
}

/** Two figures of nested sets: by how much the wider one is larger, or which of them was not shown. */
export function apart(wide: number | null = null, narrow: number | null = null): number {
  if (wide !== null && narrow !== null) return wide - narrow;
  if (wide !== null) return 0.5;
  return narrow === null ? 0.25 : 0;
}
