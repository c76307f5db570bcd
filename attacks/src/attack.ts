/** What an attack is: a way to learn what must not be learnt, the figure that says how far it came, and the criterion that it is held to. */
import type { Environment } from '@revier/e2e/harness/service.ts';
import type { Dice } from './dice.ts';
import type { Raised } from './federation/raise.ts';
import type { Tables } from './federation/tables.ts';

export type Scale = 'quick' | 'normal' | 'full';

export interface Stage {
  readonly federation: Raised;
  /** Figures that the attacker's agreement allows, each asked for once. */
  readonly tables: Tables;
  readonly random: Dice;
  readonly scale: Scale;
  /** What services of this run have been started with: empty but in a control run. */
  readonly env: Environment;
}

export interface Outcome {
  readonly figure: string;
  readonly criterion: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface Attack {
  readonly id: string;
  readonly title: string;
  /** `federation`: separate processes; `process`: the pure rules, in a process of the attacker's own. */
  readonly needs: 'federation' | 'process';
  /** Runs with every `npm test`. */
  readonly quick: boolean;
  run(stage: Stage): Promise<Outcome>;
}

/** Of 200 balanced bits, guessing gets more than this once in 400 times. */
export const GUESSED = 0.6;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One number by scale. */
export const sized = (scale: Scale, sizes: Readonly<Record<Scale, number>>): number => sizes[scale];
