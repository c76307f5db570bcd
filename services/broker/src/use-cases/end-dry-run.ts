/** The end of a dry run: it stands in the log, and nothing is merged. */
import type { Broker } from '../ports.ts';

export async function endDryRun({ queries, logger, now }: Broker, queryId: string): Promise<void> {
  await queries.endDryRun(queryId, now());
  logger.info({ queryId }, 'dry run ended');
}
