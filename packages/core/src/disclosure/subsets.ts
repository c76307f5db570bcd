/** All subsets of a few places: which dimensions a figure shows, and over which it is a total. */

/** By place whether it is in; the whole set first. */
export const subsetsOf = (length: number): boolean[][] =>
  Array.from({ length }).reduce<boolean[][]>(
    (all) =>
      all.flatMap((one) => [
        [...one, true],
        [...one, false],
      ]),
    [[]],
  );
