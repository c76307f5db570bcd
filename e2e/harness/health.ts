/** What a running process says about itself. */
import { z } from 'zod';

const Status = z.object({ broker: z.object({ connected: z.boolean(), published: z.boolean() }) });
const Decisions = z.object({
  decisions: z.array(
    z.object({
      decision: z.string(),
      codes: z.array(z.string()),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    }),
  ),
});
export type Decision = z.infer<typeof Decisions>['decisions'][number];

const LIMIT_MS = 5_000;

const get = (url: string): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });

export const isReady = async (url: string): Promise<boolean> => (await get(`${url}/health/ready`)).status === 200;

/** Whether a node is ready, and the broker knows all of what it holds. */
export async function isConnected(url: string): Promise<boolean> {
  const { broker } = Status.parse(await (await get(`${url}/v1/status`)).json());
  return broker.connected && broker.published && isReady(url);
}

/** About tasks; what people do with the node stands beside them. */
export const decisionsOf = async (url: string): Promise<readonly Decision[]> => {
  const { decisions } = Decisions.parse(await (await get(`${url}/v1/decisions?limit=500`)).json());
  return decisions.filter(({ facts }) => 'task' in facts);
};
