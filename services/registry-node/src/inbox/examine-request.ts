/** A request examined: is it an offer for a dataset of ours, for what the application says and no more? Then it is a draft. */
import {
  admitOffer,
  agreementOf,
  contentHash,
  isPurposeA,
  offersOf,
  openAgreement,
  type Vocabulary,
} from '@revier/core';
import { AppError, type Application, type PolicyOffer, type ProblemError } from '@revier/schema';
import type { Draft } from './ports.ts';
import type { InboxDeps } from './room.ts';

export interface Requested {
  readonly application: Application;
  readonly offer: PolicyOffer;
  /** When it came. */
  readonly timestamp: string;
}

/**
 * @throws AppError with a pointer into the offer: POLICY_INVALID (terms, tables, versions, purpose, time, amendment), PURPOSE_UNKNOWN,
 * EXPIRED for an application whose time is over, CATALOGUE_UNKNOWN; what planning its questions throws
 */
export async function examineRequest(requested: Requested, deps: InboxDeps, signal: AbortSignal): Promise<Draft> {
  const { self, datasets, vocabularies } = deps;
  const { application, timestamp } = requested;
  const offer = admitOffer(requested.offer);
  if (Date.parse(application.expires) <= self.now())
    throw AppError.at('EXPIRED', '/application/expires', 'The time that was applied for is over.');
  if (!datasets.has(offer.target))
    throw AppError.at('POLICY_INVALID', '/target', 'This node does not hold the dataset.');
  const vocabulary = await vocabularies.open(application.catalogue, signal);
  const faults = [
    ...purposeFaults(offer, application),
    ...termFaults(offer, application),
    ...tableFaults(requested, vocabulary),
  ];
  if (faults.length > 0) throw new AppError('POLICY_INVALID', { errors: faults.slice(0, 20) });
  await assertFollows(offer, deps);
  const agreement = agreementOf(offer, { assignee: application.dataUser, timestamp });
  return { offer, ...openAgreement(agreement) };
}

const fault = (pointer: string, detail: string): ProblemError => ({ pointer, detail });

const limits = (offer: PolicyOffer) =>
  offer.permission.flatMap(({ constraint }, rule) =>
    constraint.map((one, at) => ({ one, pointer: `/permission/${rule}/constraint/${at}/rightOperand` })),
  );

const purposeFaults = (offer: PolicyOffer, { purpose }: Application): ProblemError[] =>
  limits(offer).flatMap(({ one, pointer }) =>
    one.leftOperand === 'rv:purpose' && !isPurposeA(one.rightOperand, purpose)
      ? [fault(pointer, 'This is not the purpose that the application names, nor a narrower one.')]
      : [],
  );

function termFaults(offer: PolicyOffer, { expires, legalBasis, permitRef }: Application): ProblemError[] {
  const late = limits(offer).flatMap(({ one, pointer }) =>
    one.leftOperand === 'odrl:dateTime' && one.operator === 'lt' && Date.parse(one.rightOperand) > Date.parse(expires)
      ? [fault(pointer, 'This is longer than the application asks for.')]
      : [],
  );
  const other =
    offer['rv:legalBasis'] === legalBasis
      ? []
      : [fault('/rv:legalBasis', 'The application names another legal basis.')];
  const permit = offer['rv:permitRef'];
  const unknown =
    permitRef !== undefined && permit !== permitRef
      ? [fault('/rv:permitRef', 'The application names another permit.')]
      : [];
  return [...late, ...other, ...unknown];
}

/** Only what the application's questions need of this dataset, by the versions that they were planned with. */
function tableFaults({ application, offer }: Requested, vocabulary: Vocabulary): ProblemError[] {
  const planned = offersOf(application, vocabulary).find(({ dataset }) => dataset === offer.target)?.offer;
  if (planned === undefined) return [fault('/target', 'No question of the application needs this dataset.')];
  const needed = new Set(planned['rv:lattice'].map(contentHash));
  const tables = offer['rv:lattice'].flatMap((table, at) =>
    needed.has(contentHash(table))
      ? []
      : [fault(`/rv:lattice/${at}`, 'No question of the application needs this table.')],
  );
  const versions = (['rv:dataModels', 'rv:codeLists', 'rv:lookups', 'rv:standards'] as const).flatMap((kind) =>
    Object.entries(planned[kind])
      .filter(([name, hash]) => (offer[kind][name] ?? hash) !== hash)
      .map(([name]) => fault(`/${kind}`, `${name} is not of the version that the application was planned with.`)),
  );
  return [...tables, ...versions];
}

/** A second agreement beside one that is in force would have a budget of its own: it can only amend it. */
async function assertFollows(offer: PolicyOffer, { agreements }: InboxDeps): Promise<void> {
  const replaces = offer['rv:replaces'];
  const current = await agreements.inForce(offer['rv:register'], offer.target);
  if (replaces === undefined) {
    if (current !== undefined)
      throw AppError.at(
        'POLICY_INVALID',
        '/rv:replaces',
        'An agreement for this register and dataset is in force: amend it.',
      );
    return;
  }
  const before = await agreements.standing(replaces);
  if (before === undefined)
    throw AppError.at('POLICY_INVALID', '/rv:replaces', 'No such agreement was concluded here.');
  const { agreement } = before.stored;
  const isSame =
    agreement.target === offer.target &&
    agreement['rv:register'] === offer['rv:register'] &&
    (offer.assignee ?? agreement.assignee) === agreement.assignee;
  if (!isSame)
    throw AppError.at('POLICY_INVALID', '/rv:replaces', 'It is about another register, dataset or data user.');
  if (offer['rv:version'] !== agreement['rv:version'] + 1)
    throw AppError.at('POLICY_INVALID', '/rv:version', 'An amendment is the version after the one that it replaces.');
  if (before.life.status === 'REVOKED' || before.life.status === 'SUPERSEDED')
    throw AppError.at('POLICY_INVALID', '/rv:replaces', 'What was revoked, or replaced already, cannot be amended.');
}
