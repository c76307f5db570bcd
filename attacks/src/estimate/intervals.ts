/** What shown figures and x >= 0 leave open about the rest, where figures are at most so far from the truth. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A figure by name, with the names of its parts where it is a sum of others. */
export interface Line {
  readonly total: string;
  readonly parts: readonly string[];
}

const ROUNDS = 50;

/** Bounds handed on through every sum until nothing changes; for tables of two dimensions as narrow as those of linear programming. */
export function intervals(
  shown: ReadonlyMap<string, number>,
  error: number,
  lines: readonly Line[],
): ReadonlyMap<string, Range> {
  const names = new Set(lines.flatMap(({ total, parts }) => [total, ...parts]));
  const ranges = new Map<string, Range>(
    [...names].map((name) => {
      const value = shown.get(name);
      return [
        name,
        value === undefined
          ? { low: 0, high: Number.POSITIVE_INFINITY }
          : { low: Math.max(0, value - error), high: value + error },
      ];
    }),
  );
  for (let round = 0; round < ROUNDS; round++) for (const line of lines) tighten(ranges, line);
  return ranges;
}

function tighten(ranges: Map<string, Range>, { total, parts }: Line): void {
  const of = (name: string): Range => ranges.get(name) ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const cut = (name: string, low: number, high: number): void => {
    const known = of(name);
    ranges.set(name, { low: Math.max(known.low, low), high: Math.min(known.high, high) });
  };
  const sum = (end: keyof Range, names: readonly string[]) => names.reduce((all, name) => all + of(name)[end], 0);
  cut(total, sum('low', parts), sum('high', parts));
  for (const part of parts) {
    const others = parts.filter((other) => other !== part);
    cut(part, of(total).low - sum('high', others), of(total).high - sum('low', others));
  }
}
