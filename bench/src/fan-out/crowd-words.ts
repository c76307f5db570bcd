/** What the benchmark and its process of simulated nodes say to each other. */
import { PrivateKey } from '@revier/connector-sdk';
import { z } from 'zod';

export const CrowdNode = z.strictObject({
  id: z.string(),
  privateKey: PrivateKey,
  dataset: z.string(),
  agreement: z.string(),
  /** The release body, base64. */
  body: z.string(),
});
export type CrowdNode = z.infer<typeof CrowdNode>;

/** What all headers of one data space have in common. */
const Common = z.record(z.string(), z.unknown());

export const Order = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('gather'), nodes: z.array(CrowdNode), broker: z.string(), common: Common }),
  /** Open one long poll a node; told `polling` when all are sent and `tasks` when all have their task, signed for. */
  z.strictObject({ do: z.literal('poll'), url: z.string() }),
  /** Send every release; told `sent`. */
  z.strictObject({ do: z.literal('send'), url: z.string() }),
  /** The floors: the same requests to a server that only reads them, and polls that a bare server answers. */
  z.strictObject({ do: z.literal('post'), url: z.string() }),
  z.strictObject({ do: z.literal('wait'), url: z.string() }),
]);
export type Order = z.infer<typeof Order>;

/** Times of `clock()`. */
export const News = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('gathered') }),
  z.strictObject({ is: z.literal('polling') }),
  /** When the last task was there, how many bytes they had, and the signed header of one release. */
  z.strictObject({ is: z.literal('tasks'), at: z.number(), bytes: z.number(), header: z.string() }),
  z.strictObject({ is: z.literal('sent'), from: z.number(), to: z.number() }),
]);
export type News = z.infer<typeof News>;
