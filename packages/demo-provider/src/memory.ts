/** What the provider has to remember while it runs: sessions, codes, grants. All of it is gone with the process. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** One store for all kinds of things of one provider. */
export function memory(): (kind: string) => Adapter {
  const all = new Map<string, Kept>();
  const live = (key: string): AdapterPayload | undefined => {
    const kept = all.get(key);
    if (kept !== undefined && kept.until > Date.now()) return kept.payload;
    all.delete(key);
    return undefined;
  };
  const first = (kind: string, is: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of all.keys()) {
      const payload = key.startsWith(`${kind}:`) ? live(key) : undefined;
      if (payload !== undefined && is(payload)) return payload;
    }
    return undefined;
  };
  return (kind) => ({
    upsert: async (id, payload, expiresIn) => {
      all.set(`${kind}:${id}`, { payload, until: Date.now() + (expiresIn ?? 3600) * 1000 });
    },
    find: async (id) => live(`${kind}:${id}`),
    findByUid: async (uid) => first(kind, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => first(kind, (payload) => payload.userCode === userCode),
    consume: async (id) => {
      const payload = live(`${kind}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => {
      all.delete(`${kind}:${id}`);
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of all) if (payload.grantId === grantId) all.delete(key);
    },
  });
}
