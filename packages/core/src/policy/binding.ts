/** Binding: the agreement must be this holder's with this data user, in force, for this register, dataset and these versions. */
import type { Agreement, Floor, Reason, RefusalCode } from '@revier/schema';
import { cellKeyRulesOf } from '../disclosure/protection.ts';
import { canonicalText } from '../query/canonical.ts';
import type { AgreementLife } from './agreement-life.ts';
import type { Facts } from './operands.ts';
import { isKnownPurpose, isPublicPurpose, isPurposeA } from './purpose.ts';
import { reason } from './reasons.ts';
import type { PolicyRequest, PolicyState } from './snapshot.ts';

export function bindingFaults(agreement: Agreement, facts: Facts): Reason[] {
  const { request, state } = facts;
  return [
    ...partyFaults(agreement, facts),
    ...forceFaults(agreement, facts),
    ...memberFaults(agreement, facts),
    ...purposeFaults(request, state),
    ...versionFaults(agreement, request),
  ];
}

function partyFaults(agreement: Agreement, { request, state, agreementHash }: Facts): Reason[] {
  const expected: readonly [boolean, RefusalCode, string][] = [
    [request.agreement === agreementHash, 'NOT_AGREED', '/agreements'],
    [agreement.assigner === request.holder, 'NOT_AGREED', '/assigner'],
    [agreement.assignee === request.dataUser, 'NOT_AGREED', '/assignee'],
    [agreement.target === request.dataset, 'NOT_AGREED', '/target'],
    [agreement['rv:register'] === request.register, 'NOT_AGREED', '/rv:register'],
    [state.register?.id === request.register, 'NOT_AGREED', '/register'],
    [agreement['rv:realm'] === request.realm, 'WRONG_REALM', '/rv:realm'],
  ];
  return expected.flatMap(([holds, code, pointer]) => (holds ? [] : [reason(code, pointer)]));
}

/** Both signatures, and a status that lets this checkpoint pass. */
function forceFaults(agreement: Agreement, { state, checkpoint }: Facts): Reason[] {
  const { signedBy, status, tightened } = state.agreement;
  const unsigned = [agreement.assigner, agreement.assignee].some((side) => !signedBy.includes(side));
  return [
    ...(unsigned ? [reason('NOT_AGREED', '/signatures')] : []),
    ...statusFaults(status, tightened, checkpoint !== 'P1'),
  ];
}

/** Why what was released under an agreement is not published (P4), in the words that its holder has stated; empty when it is. */
export const withheldReasons = (
  { status, tightened }: Pick<AgreementLife, 'status' | 'tightened'>,
  stated: string | null,
): Reason[] => statusFaults(status, tightened, true).map((fault) => withReason(fault, stated));

/** @param stated the holder's own words, if any */
export const withReason = (fault: Reason, stated: string | null): Reason =>
  stated === null ? fault : { ...fault, hint: `${fault.hint} ${stated}`.slice(0, 500) };

/** What was accepted under a version ends under it, unless the next one takes something away: that acts as a revocation. */
export function statusFaults(
  status: PolicyState['agreement']['status'],
  tightened: boolean,
  isUnderWay: boolean,
): Reason[] {
  switch (status) {
    case 'ACTIVE':
      return [];
    case 'SUPERSEDED':
      if (isUnderWay) return tightened ? [reason('REVOKED', '/status')] : [];
      return [reason('NOT_IN_FORCE', '/status')];
    case 'SUSPENDED':
      return [reason('SUSPENDED', '/status')];
    case 'REVOKED':
      return [reason('REVOKED', '/status')];
    case 'EXPIRED':
    case 'COMPLETED':
      return [reason('NOT_IN_FORCE', '/status')];
    case null:
      return [reason('NOT_AGREED', '/status')];
  }
}

/** Figures formed together leave for the agreed set of holders or not at all: two sets of one cell would subtract to a victim. */
function memberFaults({ 'rv:coMembers': members }: Agreement, { request, state, checkpoint }: Facts): Reason[] {
  const isTogether = request.mode === 'F' || request.mode === 'D';
  if (members === undefined || !isTogether || checkpoint === 'P1' || checkpoint === 'P2') return [];
  const present = new Set(state.roster ?? []);
  const isComplete = present.size === members.length && members.every((member) => present.has(member));
  return isComplete ? [] : [reason('MIN_NODES', '/rv:coMembers')];
}

/** Known, not barred by Art. 54, within the approved register, and for the sector of this recipient (Art. 53(2)). */
function purposeFaults({ purposes }: PolicyRequest, { register, recipient }: PolicyState): Reason[] {
  if (purposes.length === 0 || !purposes.every(isKnownPurpose)) return [reason('PURPOSE_UNKNOWN', '/purpose')];
  const isApproved = (purpose: string): boolean =>
    register?.purposes.some((approved) => isPurposeA(purpose, approved)) ?? false;
  const isPublic = recipient.sector === 'public-body' || recipient.sector === 'mandatee';
  return [
    ...(purposes.every(isApproved) ? [] : [reason('PURPOSE', '/register/purpose')]),
    ...(isPublic || !purposes.some(isPublicPurpose) ? [] : [reason('SECTOR', '/purpose')]),
  ];
}

/** Whatever the table's figures depend on must stand in the agreement by the hash that the catalogue names. */
function versionFaults(agreement: Agreement, { versions }: PolicyRequest): Reason[] {
  const kinds = ['dataModels', 'codeLists', 'lookups', 'standards'] as const;
  return kinds.flatMap((kind) => {
    const agreed: Readonly<Record<string, string>> = agreement[`rv:${kind}`];
    const differs = Object.entries(versions[kind]).some(
      ([name, current]) => current === null || !Object.hasOwn(agreed, name) || agreed[name] !== current,
    );
    return differs ? [reason('VERSION_DIFFERS', `/rv:${kind}`)] : [];
  });
}

/** Parts of a cohort add up to a known error only where all carry the agreed noise. Exact figures of public data carry none. */
export function perturbationFaults(
  { 'rv:perturbation': agreed }: Agreement,
  floor: Floor,
  { request }: Facts,
): Reason[] {
  if (agreed === undefined || request.mode === 'O') return [];
  const own = cellKeyRulesOf(floor)?.perturbation;
  const isSame = own !== undefined && canonicalText(own) === canonicalText(agreed);
  return isSame ? [] : [reason('VERSION_DIFFERS', '/rv:perturbation')];
}
