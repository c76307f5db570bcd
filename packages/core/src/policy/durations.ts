/** Calendar durations of ISO 8601 (`P18M`, `P7D`): deadlines are dates, so a month is a month of the calendar, in UTC. */
const pattern = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/;

/**
 * Milliseconds since the epoch; the 31st becomes the last day of a shorter month. NaN for what is no duration.
 * @param times -1 leads back to where a window begins that ends at `from`
 */
export function addDuration(from: number, duration: string, times: 1 | -1 = 1): number {
  const parts = pattern
    .exec(duration)
    ?.slice(1)
    .map((part) => times * Number(part ?? 0));
  if (parts === undefined) return Number.NaN;
  const [years = 0, months = 0, weeks = 0, days = 0] = parts;
  const start = new Date(from);
  const month = start.getUTCFullYear() * 12 + start.getUTCMonth() + years * 12 + months;
  const lastDay = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
  const day = Math.min(start.getUTCDate(), lastDay) + weeks * 7 + days;
  const midnight = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  return Date.UTC(Math.floor(month / 12), month % 12, day) + (from - midnight);
}
