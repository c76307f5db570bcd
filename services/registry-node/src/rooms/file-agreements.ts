/** The check at approval for agreements that were given as files: nobody approved them here, so their tables are checked with the first question. */
import { checkAgreementLattice, type Vocabulary } from '@revier/core';
import type { Agreement, Sha256 } from '@revier/schema';
import type { StoredAgreement } from '../policy-ports.ts';
import type { HeldDataset, Self } from '../ports.ts';
import { type GrantedDeps, grantedOn } from './granted-tables.ts';
import { Refusal, refusing } from './refusal.ts';

export interface FileAgreements {
  /** @throws Refusal POLICY_INVALID where its tables cannot be granted together, with those of others */
  assertSafe(stored: StoredAgreement, vocabulary: Vocabulary): Promise<void>;
}

export interface FileAgreementDeps extends GrantedDeps {
  readonly self: Pick<Self, 'floor' | 'realm' | 'now'>;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  /** Tables that the check refuses may be asked; never outside the realm test. */
  readonly latticeIsAdvice: boolean;
}

/** A check can take seconds: what was refused is checked again after this time only. */
const REFUSED_MS = 60_000;

/** The catalogue comes with a question: at the start of a node there is none. Whatever is granted later is checked beside this one. */
export function fileAgreements(deps: FileAgreementDeps): FileAgreements {
  const known = new Map<string, { readonly checked: Promise<void>; until: number }>();
  const { now, realm } = deps.self;
  return {
    async assertSafe({ hash, agreement, application }, vocabulary) {
      if (application !== null || (deps.latticeIsAdvice && realm === 'test')) return;
      const name = `${hash} ${vocabulary.hash}`;
      const found = known.get(name);
      if (found !== undefined && now() < found.until) return found.checked;
      const checking = { checked: check(hash, agreement, vocabulary, deps), until: Number.POSITIVE_INFINITY };
      known.set(name, checking);
      await checking.checked.catch((error: unknown) => {
        checking.until = error instanceof Refusal ? now() + REFUSED_MS : 0;
        throw error;
      });
    },
  };
}

async function check(
  hash: Sha256,
  agreement: Agreement,
  vocabulary: Vocabulary,
  { self: { floor }, datasets, ...granted }: FileAgreementDeps,
): Promise<void> {
  const dataset = datasets.get(agreement.target)?.description;
  if (dataset === undefined) throw refused('This node does not hold the dataset.');
  const live = await grantedOn(agreement, granted);
  const asked = agreement['rv:lattice'];
  // How fine a question may be is decided with each of them, in words of its own.
  const { finest: _, ...coarse } = {
    ...floor,
    maxDimensions: Number.POSITIVE_INFINITY,
    maxCells: Number.POSITIVE_INFINITY,
  };
  const opinion = await refusing('POLICY_INVALID', '/rv:lattice', () =>
    checkAgreementLattice({ asked, live, vocabulary, dataset, floor: coarse }),
  );
  if (opinion.verdict === 'safe' || opinion.verdict === 'open') return;
  const words = opinion.words.map(({ en }) => en).join(' ');
  throw refused(`${hash} was concluded from a file, and its tables cannot be granted together. ${words}`);
}

const refused = (hint: string): Refusal => Refusal.because('POLICY_INVALID', '/rv:lattice', hint.slice(0, 500));
