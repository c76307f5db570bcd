/** The stopwatch: several rounds, and the middle one counts, so that one hiccup of the machine does not. */

/** Milliseconds of a clock that all processes of one machine share. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median of milliseconds; the warm-up rounds before, half as many, do not count. */
export async function medianMs(rounds: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = -Math.ceil(rounds / 2); round < rounds; round++) {
    const from = clock();
    await work();
    if (round >= 0) times.push(clock() - from);
  }
  return median(times);
}
