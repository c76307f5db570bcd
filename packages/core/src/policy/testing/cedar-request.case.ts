/** A request and a state as Cedar sees them: entities for purposes and actions, and a context without what is missing. */
import type {
  CedarValueJson,
  Context,
  EntityJson,
  StatefulAuthorizationCall,
  TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs';
import { purposes } from '@revier/schema';
import type { Grain, PolicyInput, PolicyState } from '../snapshot.ts';
import { choicesOf } from './cedar-policy.case.ts';

const uid = (type: string, id: string) => ({ type, id });
interface Entity extends EntityJson {
  readonly uid: TypeAndId;
  readonly parents: TypeAndId[];
}
const entity = (type: string, id: string, ...parents: readonly string[]): Entity => ({
  uid: uid(type, id),
  attrs: {},
  parents: parents.map((parent) => uid(type, parent)),
});

/** Art. 53(2) names the letters; prohibited purposes hang in no tree. */
const isPublic = (basis: string): boolean => /53\(1\)\([abc]\)/.test(basis);

const hierarchy: readonly Entity[] = [
  ...purposes
    .filter(({ prohibited }) => !prohibited)
    .map(({ code, parent, basis }) =>
      entity('Purpose', code, parent ?? 'known', ...(isPublic(basis) ? ['public'] : [])),
    ),
  entity('Action', 'rv:aggregate', 'odrl:use'),
  entity('Action', 'rv:feasibilityCount', 'rv:aggregate'),
  entity('Action', 'rv:cacheResult', 'odrl:use'),
  entity('Action', 'rv:publish', 'odrl:distribute'),
];

/** The entities that a request names, with all that they hang below; Cedar reads each one anew for every request. */
function entitiesOf(named: readonly string[]): Entity[] {
  const found = hierarchy.filter(({ uid: { id } }) => named.includes(id));
  const above = found.flatMap(({ parents }) => parents.map(({ id }) => id)).filter((id) => !named.includes(id));
  return above.length === 0 ? found : entitiesOf([...named, ...above]);
}

const purpose = (code: string): CedarValueJson => ({ __entity: uid('Purpose', code) });

const rank = (grains: readonly Grain[], concept: string): number | null => {
  const ranks = grains.filter((grain) => grain.concept === concept).map(({ scale, level }) => scale.indexOf(level));
  return ranks.length === 0 ? null : Math.min(...ranks);
};

const ROLES = ['committee', 'signatory', 'steward'];
const FRESH = 14 * 86_400_000;

/** How many persons hold one of the roles, for every choice of roles, among approvals that count. */
function approversOf({ approvals, agreement }: PolicyState, hash: string): CedarValueJson | null {
  const { activatedAt: at, author } = agreement;
  if (at === null) return null;
  const counting = approvals.filter(
    (one) => one.agreement === hash && one.person !== author && one.at <= at && one.at >= at - FRESH,
  );
  return Object.fromEntries(
    choicesOf(ROLES).map((choice) => [
      choice.join('_'),
      new Set(counting.filter(({ role }) => choice.includes(role)).map(({ person }) => person)).size,
    ]),
  );
}

/** Whatever is null is left out. */
const present = (facts: Readonly<Record<string, CedarValueJson | null | undefined>>): Context =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, value]])),
  );

const dutiesOf = ({ duties }: PolicyState): Context =>
  Object.fromEntries(
    duties.map(({ id, since, doneAt }) => [
      `duty${id.slice(2)}`,
      { done: doneAt !== null, ...(since === null ? {} : { since }) },
    ]),
  );

export function cedarCall({ request, state, checkpoint }: PolicyInput, policySet: string): StatefulAuthorizationCall {
  const [first = 'none', second = first] = request.purposes;
  const { ledger, register, recipient } = state;
  const context = present({
    checkpoint,
    realm: request.realm,
    mode: request.mode,
    attestation: request.attestation,
    first: purpose(first),
    second: purpose(second),
    table: request.tableHash,
    measures: request.measures,
    groupVariables: request.groupVariables,
    filterVariables: request.filterVariables,
    dimensions: request.dimensions,
    cells: request.cells,
    areaRank: rank(request.grains, 'area'),
    yearRank: rank(request.grains, 'year'),
    ageRank: rank(request.grains, 'age'),
    now: state.now,
    status: state.agreement.status ?? 'NONE',
    tightened: state.agreement.tightened,
    signedBy: state.agreement.signedBy,
    roles: recipient.roles,
    sector: recipient.sector,
    register: register?.id,
    approved: register?.purposes.map(purpose),
    legalBasis: register?.legalBasis,
    voteIssued: register?.ethicsVote?.issued,
    cellsSpent: ledger.cells?.spent,
    cellsCost: ledger.cells?.cost,
    rhoSpent: ledger.microRho?.spent,
    rhoCost: ledger.microRho?.cost,
    countTotal: ledger.counts.total,
    countP7D: ledger.counts.P7D,
    approvers: approversOf(state, request.agreement),
    nodes: state.roster && new Set(state.roster).size,
    ...dutiesOf(state),
  });
  return {
    principal: uid('Org', request.dataUser),
    action: uid('Action', request.action),
    resource: uid('Dataset', request.dataset),
    context,
    preparsedPolicySetId: policySet,
    entities: entitiesOf([...request.purposes, request.action]),
  };
}
