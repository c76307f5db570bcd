/** One line of the table: what was measured, the floor under it, and what is hoped for. */

export const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const;
export type Part = (typeof parts)[number];

export interface Row {
  readonly part: Part;
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB' | 'rows';
  /** What the same machine needs at the least for the same, in the same unit, measured in the same run. */
  readonly floor?: { readonly what: string; readonly value: number };
  /** The limit in the unit of the value, where it follows from the floor or stands by itself. */
  readonly reach?: number;
  readonly aim?: number;
  readonly note?: string;
}

export interface Bench {
  readonly quick: boolean;
  /** 10 million rows too. */
  readonly full: boolean;
  /** One line of progress, for people. */
  readonly say: (line: string) => void;
}

export const ratioOf = ({ value, floor }: Row): number | undefined =>
  floor === undefined ? undefined : value / floor.value;
