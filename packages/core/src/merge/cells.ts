/** Cells: each measure's figure with its status and interval, from released figures only. */
import type { Cell, EventClass } from '@revier/schema';
import { eventClasses } from '@revier/schema';
import { crudeRate, directRate, proportion } from '../statistics/index.ts';
import type { Figure, RateFigure } from './figures.ts';
import { errorOf, quotientDeviation, widened } from './noise.ts';

/** Half an interval wider than half the figure tells nothing to act on. */
const UNRELIABLE_AT = 0.5;

/** A figure with its interval; `unreliable` follows from what is shown, so it gives nothing away. */
function shown(value: number, lower: number, upper: number, events?: EventClass): Cell {
  const status = (upper - lower) / 2 > UNRELIABLE_AT * value ? 'unreliable' : 'value';
  return { status, value, lower, upper, ...(events === undefined ? {} : { events }) };
}

export const absent = (status: Exclude<Figure['status'], 'value' | 'zero'>): Cell => ({ status });

export function figureCell(figure: Figure, isWhole: boolean): Cell {
  if (figure.status === 'zero') return { status: 'zero', value: 0 };
  if (figure.status !== 'value') return absent(figure.status);
  const { status, value, noise } = figure;
  return noise === undefined ? { status, value } : { status, value, error: errorOf(noise, isWhole) };
}

const isShown = (figure: Figure): figure is Extract<Figure, { value: number }> =>
  figure.status === 'value' || figure.status === 'zero';

/** The weaker word of two figures, or null when both can be calculated with. */
function missing(...figures: readonly Figure[]): Cell | null {
  for (const figure of figures) if (!isShown(figure)) return absent(figure.status);
  return null;
}

export function proportionCell(of: Figure, among: Figure): Cell {
  const gap = missing(of, among);
  if (gap !== null || !isShown(of) || !isShown(among)) return gap ?? absent('withheld');
  if (among.value === 0) return absent('notCollected');
  const share = proportion({ count: withinWhole(of, among), total: among.value });
  if (of.value === 0) return { status: 'zero', value: 0, lower: share.lower, upper: share.upper };
  const { lower, upper } = widened(share.proportion, share, quotientDeviation(of, among));
  return shown(share.proportion, lower, Math.min(1, upper));
}

/** Noise can lift a part above its whole. */
const withinWhole = (of: { readonly value: number }, among: { readonly value: number }): number =>
  Math.min(of.value, among.value);

/** A mean has no interval of its own: how figures scatter around it nobody releases. Only noise makes it uncertain. */
export function meanCell(of: Figure, among: Figure): Cell {
  const gap = missing(of, among);
  if (gap !== null || !isShown(of) || !isShown(among)) return gap ?? absent('withheld');
  if (among.value === 0) return absent('notCollected');
  const value = of.value / among.value;
  const deviation = quotientDeviation(of, among);
  if (deviation === 0) return value === 0 ? { status: 'zero', value: 0 } : { status: 'value', value };
  return { status: 'value', value, error: errorOf({ variance: deviation ** 2, max: null }, false) };
}

export function crudeRateCell(
  events: Figure,
  population: Figure,
  // The question's words for the two sides stand in a specification as well, and must not take their place.
  { per, interval }: { per: number; interval: 'garwood' | 'byar' },
): Cell {
  const gap = missing(events, population);
  if (gap !== null || !isShown(events) || !isShown(population)) return gap ?? absent('withheld');
  if (population.value === 0) return absent('notCollected');
  const crude = crudeRate({ events: events.value, population: population.value, per, interval });
  const { rate } = crude;
  if (events.value === 0) return { status: 'zero', value: 0, lower: crude.lower, upper: crude.upper };
  const { lower, upper } = widened(rate, crude, per * quotientDeviation(events, population));
  return shown(rate, lower, upper);
}

/** A rate that the numerator's holder formed. */
export function travelledRateCell(figure: RateFigure): Cell {
  const events = eventClasses[figure.events];
  const interval = { lower: figure.lower, upper: figure.upper, ...(events === undefined ? {} : { events }) };
  if (figure.status === 'value' || figure.status === 'unreliable')
    return { status: figure.status, value: figure.rate, ...interval };
  return figure.status === 'zero'
    ? { status: 'zero', value: 0, lower: figure.lower, upper: figure.upper }
    : absent(figure.status);
}

/** A rate over open strata: weights by stratum number. */
export function openRateCell(
  events: readonly number[],
  persons: readonly number[],
  weights: readonly number[],
  per: number,
): Cell {
  const strata = weights
    .map((weight, at) => ({ events: events[at] ?? 0, population: persons[at] ?? 0, weight }))
    .filter(({ weight }) => weight > 0);
  if (strata.some(({ population }) => population === 0)) return absent('notCollected');
  const { rate, lower, upper } = directRate({ strata, per, interval: 'fay-feuer' });
  return rate === 0 ? { status: 'zero', value: 0, lower, upper } : shown(rate, lower, upper);
}
