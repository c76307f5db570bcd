/** Published rules for showing counts: what offices round and hide, for holders who are bound to one of them. */

/** A count as it may be shown, or null. */
export type CountRule = (count: number) => number | null;

/** The nearest multiple of `base`; half-way counts go up. */
export const roundedTo = (count: number, base: number): number => Math.round(count / base) * base;

/** ceil(x / base) * base - base/2 where x > 0: the middle of the class that the count lies in (OpenSAFELY midpoint 6; odd halves down). */
export const midpointOf = (count: number, base: number): number =>
  count === 0 ? 0 : Math.ceil(count / base) * base - Math.floor(base / 2);

/** By the name of the source (disclosure.md 1.1). */
export const countRules = {
  /** OpenSAFELY `docs/outputs/sdc.md`: 1..7 redacted, then to 5. */
  opensafely: (count) => (count >= 1 && count <= 7 ? null : roundedTo(count, 5)),
  /** OpenSAFELY midpoint 6. */
  midpoint6: (count) => midpointOf(count, 6),
  /** NHS HES below national level: 1..7 hidden, others to 5. */
  nhsHesSubnational: (count) => (count >= 1 && count <= 7 ? null : roundedTo(count, 5)),
  /** CMS (resdac.org/node/1506): 1..10 hidden. */
  cms: (count) => (count >= 1 && count <= 10 ? null : count),
  /** US Cancer Statistics: below 16 hidden. */
  uscs: (count) => (count < 16 ? null : count),
  /** US Census Bureau DRB (`simsong/drb_rounder`): below 15 hidden, then coarser with size, halves to even. */
  drb: (count) => (count < 15 ? null : halfEven(count, drbBase(count))),
} as const satisfies Record<string, CountRule>;

/** Ten to 99, 50 to 999, 100 to 9,999, 500 to 99,999, 1,000 above; never more than four significant digits. */
function drbBase(count: number): number {
  if (count < 100) return 10;
  if (count < 1000) return 50;
  if (count < 10_000) return 100;
  if (count < 100_000) return 500;
  return Math.max(1000, 10 ** (Math.floor(Math.log10(count)) - 3));
}

function halfEven(count: number, base: number): number {
  const [whole, rest] = [Math.floor(count / base), count % base];
  const isUp = rest * 2 > base || (rest * 2 === base && whole % 2 === 1);
  return (whole + (isUp ? 1 : 0)) * base;
}
