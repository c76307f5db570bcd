/** Metrics by prom-client, in a registry of their own: several services can run in one process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { About, LabelSets, Metrics, Reading } from './metrics.ts';

/** Seconds: from a signature to the longest poll. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const READ_LIMIT_MS = 1_000;

export function prometheusMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const settings = ({ name, help, labels }: About<LabelSets>) => ({
    ...{ name, help, labelNames: Object.keys(labels) },
    registers: [register],
  });
  return {
    counter(about) {
      const counter = new Counter(settings(about));
      // From the first look on: what appears with its first event has no increase over time.
      for (const labels of combinations(about.labels)) counter.inc(labels, 0);
      return { add: (labels, by = 1) => counter.inc(known(about.labels, labels), by) };
    },
    timer(about) {
      const histogram = new Histogram({ ...settings(about), buckets: BUCKETS });
      return { record: (seconds, labels) => histogram.observe(known(about.labels, labels), seconds) };
    },
    gauge(about, read) {
      new Gauge({
        ...settings(about),
        async collect() {
          this.reset();
          // A gauge without labels is reset to 0, which would be a lie.
          this.remove({});
          for (const { labels, value } of await inTime(read)) this.set(known(about.labels, labels), value);
        },
      });
    },
    text: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}

/** The last line of defence: a value that is in no list is not told. */
function known(sets: LabelSets, labels: object): Record<string, string> {
  const given = new Map<string, unknown>(Object.entries(labels));
  return Object.fromEntries(
    Object.entries(sets).map(([name, set]) => {
      const value = String(given.get(name));
      return [name, set === 'templates' || set.includes(value) ? value : 'other'];
    }),
  );
}

/** None where a label is open. */
function combinations(sets: LabelSets): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, set] of Object.entries(sets))
    all = set === 'templates' ? [] : all.flatMap((labels) => set.map((value) => ({ ...labels, [name]: value })));
  return all;
}

/** A database that is away must not take the other figures with it: then they are wanted most. */
async function inTime<L extends LabelSets>(read: () => Promise<readonly Reading<L>[]>): Promise<readonly Reading<L>[]> {
  const { promise: limit, resolve } = Promise.withResolvers<readonly Reading<L>[]>();
  const timer = setTimeout(resolve, READ_LIMIT_MS, []);
  try {
    return await Promise.race([read(), limit]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
