/** Accounts in memory, and a life of the one agreement that a test may change: the rules of the records' ones, without their durability. */
import { type AgreementLife, addDuration, openAgreement } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Accounts, Agreements, AskedUnder, PolicyFacts, Spent, StoredAgreement } from '../policy-ports.ts';
import type { AnswerKey } from '../ports.ts';
import type { Signed } from './agreement.case.ts';
import { enter, keptUnder, type MemoryCharge, type MemoryRecords } from './memory-records.case.ts';

/** What the node has stored under a hash, as a test puts it there. */
export type Stored = { readonly hash: Sha256; readonly agreement: unknown } | undefined;

export interface MemoryAccounts {
  readonly accounts: Pick<Accounts, 'charge' | 'facts' | 'wasReleased'>;
  readonly agreements: Pick<Agreements, 'named' | 'list'>;
  readonly charges: readonly MemoryCharge[];
  life: AgreementLife;
}

export function memoryAccounts(signed: Signed, look: () => Stored, records: MemoryRecords): MemoryAccounts {
  const { charges } = records;
  const stored = () => storedAs(look(), signed);
  const facts = async (asked: AskedUnder): Promise<PolicyFacts | undefined> => {
    const found = stored();
    if (found?.hash !== asked.agreement) return undefined;
    const own = charges.find(({ submission, dataset }) => submission === asked.submission && dataset === asked.dataset);
    const spent = spentUnder(charges, found.lineage, asked);
    return { stored: found, life: memory.life, cause: null, spent, charged: own?.cells ?? null, duties: [] };
  };
  const wasReleased = async (lineage: Sha256, key: AnswerKey): Promise<boolean> => {
    const kept = keptUnder(records, key);
    return charges.some((one) => one.lineage === lineage && one.released !== null && one.released.body === kept?.hash);
  };
  const memory: MemoryAccounts = {
    charges,
    life: { status: 'ACTIVE', seq: 1, tightened: false },
    accounts: {
      ...{ facts, wasReleased },
      charge: (asked, decide) =>
        records.decided(async () => {
          const policy = await facts(asked);
          const lineage = policy?.stored.lineage;
          const charge = await decide(policy, async (key) => lineage !== undefined && wasReleased(lineage, key));
          if (charge === null || lineage === undefined || policy?.charged !== null) return;
          const { submission, dataset } = asked;
          charges.push({ submission, dataset, lineage, cells: charge.cells, at: records.now(), released: null });
          enter(records, charge.audit);
        }),
    },
    agreements: {
      async named(hashes, register, dataset) {
        const found = stored();
        if (found === undefined || !hashes.includes(found.hash)) return [];
        return found.agreement['rv:register'] === register && found.agreement.target === dataset ? [found] : [];
      },
      async list() {
        const found = stored();
        return found === undefined ? [] : [{ stored: found, life: memory.life, cause: null }];
      },
    },
  };
  return memory;
}

function storedAs(one: Stored, { jws, agreement: { assigner, assignee } }: Signed): StoredAgreement | undefined {
  if (one === undefined) return undefined;
  const { agreement } = openAgreement(one.agreement);
  return {
    ...{ hash: one.hash, agreement, signed: jws, signedBy: [assigner, assignee] },
    lineage: agreement['rv:replaces'] ?? one.hash,
    ...{ author: null, approvals: [], application: null, activatedAt: 0 },
  };
}

/** This very question left out; the first release is of all. */
function spentUnder(
  charges: readonly MemoryCharge[],
  lineage: Sha256,
  { submission, now, windows }: AskedUnder,
): Spent {
  const under = charges.filter((one) => one.lineage === lineage);
  const others = under.filter((one) => one.submission !== submission);
  const since = (window: string) => others.filter(({ at }) => at > addDuration(now, window, -1)).length;
  const releases = under.flatMap(({ released }) => released?.at ?? []);
  return {
    cells: others.reduce((sum, { cells }) => sum + cells, 0),
    questions: others.length,
    within: Object.fromEntries(windows.map((window) => [window, since(window)])),
    firstRelease: releases.length === 0 ? null : Math.min(...releases),
  };
}
