/** Reading a concluded agreement: checked against its hash once, frozen, and then at hand, since it never changes. */
import { openAgreement } from '@revier/core';
import {
  AppError,
  Application,
  ApprovalRole,
  CompactJws,
  GeneralJws,
  KeyId,
  ParticipantId,
  Sha256,
} from '@revier/schema';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { NodeTables } from '../db/tables.ts';
import type { KeptApplication, StoredAgreement, StoredApproval } from '../policy-ports.ts';

type Db = Kysely<NodeTables>;

/** In whatever transaction the caller is. */
export type AgreementReader = (db: Db, hash: Sha256) => Promise<StoredAgreement | undefined>;

/** Agreements at hand; a node decides under a few at a time. */
const KEPT_OPEN = 200;

export function agreementReader(): AgreementReader {
  const opened = new Map<Sha256, StoredAgreement>();
  return async (db, hash) => {
    const known = opened.get(hash);
    if (known !== undefined) return known;
    const row = await db.selectFrom('agreement').selectAll().where('hash', '=', hash).executeTakeFirst();
    if (row === undefined) return undefined;
    const approvals = await db.selectFrom('approval').selectAll().where('agreement', '=', hash).orderBy('at').execute();
    const stored = storedOf(hash, row, approvals.map(approvalOf));
    opened.set(hash, stored);
    for (const oldest of [...opened.keys()].slice(0, -KEPT_OPEN)) opened.delete(oldest);
    return stored;
  };
}

/** @throws AppError POLICY_INVALID, INTERNAL for a record that is not what it was */
function storedOf(
  hash: Sha256,
  row: Selectable<NodeTables['agreement']>,
  approvals: readonly StoredApproval[],
): StoredAgreement {
  const opened = openAgreement(row.content);
  if (opened.hash !== hash) throw new AppError('INTERNAL', { detail: 'A kept agreement is not what it was.' });
  return {
    hash,
    agreement: opened.agreement,
    signed: GeneralJws.parse(JSON.parse(row.signed)),
    signedBy: z.array(ParticipantId).parse(JSON.parse(row.signed_by)),
    lineage: Sha256.parse(row.lineage),
    author: row.author,
    approvals,
    application: applicationOf(row),
    activatedAt: row.activated_at.getTime(),
  };
}

const applicationOf = ({
  application,
  application_jws: jws,
}: Selectable<NodeTables['agreement']>): KeptApplication | null =>
  application === null || jws === null
    ? null
    : { application: Application.parse(JSON.parse(application)), signed: CompactJws.parse(jws) };

const approvalOf = ({ role, person, kid, statement, at }: Selectable<NodeTables['approval']>): StoredApproval => ({
  role: ApprovalRole.parse(role),
  person,
  kid: KeyId.parse(kid),
  statement: statement.startsWith('{') ? GeneralJws.parse(JSON.parse(statement)) : CompactJws.parse(statement),
  at: at.getTime(),
});
