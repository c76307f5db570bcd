/** A line to the broker that keeps a node's releases while a test wants it: a run caught in its midst. */
import { forward, type LoopbackProxy, startProxy } from './proxy.ts';

export interface HeldReleases extends LoopbackProxy {
  hold(): void;
  /** Releases that have left the node and not reached the broker. */
  caught(): number;
  /** Sends on what was kept, whoever still waits for it; resolves to what the broker says, by status. */
  letGo(): Promise<readonly number[]>;
}

const RELEASE = /^\/v1\/node\/tasks\/[^/]+\/release$/;

/** @param target port of the broker */
export async function holdReleasesTo(target: number): Promise<HeldReleases> {
  let gate: PromiseWithResolvers<void> | undefined;
  const kept: Promise<number>[] = [];
  const proxy = await startProxy(async (incoming, body) => {
    if (gate === undefined || !RELEASE.test(incoming.url ?? '')) return forward(target, incoming, body);
    const reply = gate.promise.then(() => forward(target, incoming, body));
    kept.push(reply.then(({ status }) => status));
    return reply;
  });
  return {
    ...proxy,
    hold() {
      gate = Promise.withResolvers<void>();
    },
    caught: () => kept.length,
    letGo() {
      gate?.resolve();
      gate = undefined;
      return Promise.all(kept);
    },
  };
}
