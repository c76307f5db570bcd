/** How much one caller may want of a broker: counted by the minute in each process, and by what is under way in the records. */
import { z } from 'zod';

const PerMinute = z.int().min(1).max(1_000_000);

export const Limits = z.strictObject({
  /** Queries that one person submits. Two processes let twice as many through, since each counts for itself. */
  queriesPerMinute: PerMinute.default(300),
  /** Dry runs that one person asks for: they cost little, and nobody needs many. */
  dryRunsPerMinute: PerMinute.default(60),
  /** Everything else that one person asks for. */
  readsPerMinute: PerMinute.default(1_200),
  /** Requests of one holder or source. */
  nodeCallsPerMinute: PerMinute.default(6_000),
  /** Letters that one participant sends. */
  lettersPerMinute: PerMinute.default(600),
  /** What one address brings without saying who it is: requests to be enrolled. A code cannot be found by trying. */
  enrolmentsPerMinute: PerMinute.default(10),
  /** And trust lists with their timestamps. */
  trustPerMinute: PerMinute.default(120),
  /** Letters of one participant to one other that the broker keeps, so that nobody can fill the box of another. */
  keptLetters: z.int().min(1).max(1_000_000).default(2_000),
  /** For so long a letter is kept, whether it was fetched or not. */
  letterDays: z.int().min(1).max(3_650).default(180),
  /** Queries of one person that have no answer yet, over all processes. */
  unfinishedQueries: z.int().min(1).max(100_000).default(100),
});
export type Limits = z.infer<typeof Limits>;
export type LimitsInput = z.input<typeof Limits>;
