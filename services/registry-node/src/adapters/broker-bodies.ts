/** Bodies of evidence, fetched from the broker; one that it does not have makes its evidence invalid. */
import { type BrokerClient, ProblemError } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import type { Bodies } from '../ports.ts';

export const brokerBodies = (client: Pick<BrokerClient, 'fetchBody'>): Bodies => ({
  async fetch(hash, signal) {
    try {
      return await client.fetchBody(hash, signal);
    } catch (cause) {
      if (cause instanceof ProblemError && cause.status === 404) throw new AppError('NOT_FOUND', { cause });
      throw cause;
    }
  },
});
