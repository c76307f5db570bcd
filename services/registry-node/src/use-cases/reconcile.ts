/** Reconciling after a restore: deletions are replayed, what was answered is remembered, and what nobody can tell is taken as used up. */
import { openCompact, resolver } from '@revier/connector-sdk';
import { AppError, type CompactJws, DeletionList, type Reconciled } from '@revier/schema';
import type { HeldDataset, Self } from '../ports.ts';
import type { RestoreDeps } from './notice-restore.ts';

export interface ReconcileDeps extends RestoreDeps {
  readonly self: Self;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
}

/** What has to be kept apart from backups, as of now, signed by this node. */
export async function writeDeletions(deps: ReconcileDeps): Promise<CompactJws> {
  const { self, heads, restores, datasets } = deps;
  const list: DeletionList = {
    kind: 'deletion-list',
    ...{ node: self.participant, realm: self.realm },
    size: (await heads.now()).size,
    erased: [...(await heads.erased())],
    revoked: [...(await restores.revoked())],
    coverage: [...(await restores.coverage(datasets.values()))],
    charges: [...(await restores.charges())],
    iat: Math.floor(self.now() / 1000),
  };
  return self.signer.sign('revier-deletion+jws', list);
}

/**
 * With a list that reaches as far as the log is known to have come, everything is made good. Else every present epoch is sealed:
 * answers given before are given again, byte for byte, but no new ones until the data change; and nothing is left of any budget or count.
 * @throws AppError NOT_STOPPED when nothing waits to be reconciled; for a list that is not this node's own
 */
export async function reconcile(signed: CompactJws | undefined, deps: ReconcileDeps): Promise<Reconciled> {
  const { heads, restores, datasets } = deps;
  const known = await restores.known();
  if (known === undefined) throw new AppError('NOT_STOPPED', { detail: 'Nothing waits to be reconciled.' });
  const list = signed === undefined ? undefined : await ownList(signed, deps.self);
  const { size: held } = await heads.now();
  const reaches = list !== undefined && known !== null && list.size >= known;
  const sealed = reaches
    ? []
    : [...datasets.values()].map(({ description: { id, epoch } }) => ({ dataset: id, epoch }));
  const erased = await heads.erase(list?.erased ?? []);
  const { revoked = [], coverage = [] } = list ?? {};
  const facts = { known, held, list: list?.size ?? null, erased, revoked: revoked.length, sealed: sealed.length };
  const spent = await restores.reconcile({
    charges: (reaches ? list.charges : undefined) ?? null,
    ...{ revoked, coverage, sealed },
    audit: { decision: 'reconciled', codes: [], facts, person: null },
  });
  return { ...facts, ...spent, coverage: coverage.length, sealed };
}

async function ownList(signed: CompactJws, { trust, participant, realm }: Self): Promise<DeletionList> {
  const { payload } = await openCompact(signed, 'revier-deletion+jws', DeletionList, resolver(trust, { participant }));
  if (payload.node !== participant) throw AppError.at('WRONG_AUDIENCE', '/node', 'The list is another node’s.');
  if (payload.realm !== realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  return payload;
}
