/** From an application to offers: what its questions need of each dataset becomes the tables that are applied for there. */
import type {
  Agreement,
  Application,
  Constraint,
  Duty,
  Permission,
  Perturbation,
  PolicyOffer,
  Question,
  QuestionInput,
  Realm,
  RecipientRole,
  RegisterId,
  Sha256,
  Table,
} from '@revier/schema';
import { AppError, ParticipantId, PROFILE } from '@revier/schema';
import { contentHash, digest } from '../query/canonical.ts';
import type { PlanTask } from '../query/plan.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { togetherOf } from '../query/together.ts';
import type { Vocabulary } from '../query/vocabulary.ts';
import { isPurposeA, purposeSchemeHash } from './purpose.ts';

/** The occasion as far as an offer has to know it. */
export interface Occasion {
  readonly register: RegisterId;
  readonly realm: Realm;
  readonly dataUser: ParticipantId;
  readonly version: number;
  readonly legalBasis: string;
  readonly permitRef?: string | undefined;
  /** One permission for each. */
  readonly purposes: readonly string[];
  readonly questions: readonly QuestionInput[];
  readonly from: string;
  /** The first instant that is no longer covered. */
  readonly until: string;
  /** Left out: whoever has a credential of the data user. */
  readonly roles?: readonly RecipientRole[] | undefined;
}

/** What is offered beside the tables; a holder's floor stands above all of it. */
export interface OfferTerms {
  /** Fewest persons of a shown cell, for datasets that do not answer exactly; 10 when left out. */
  readonly minCellSize?: (holder: ParticipantId) => number;
  /** Cells that may be answered altogether, for such datasets. */
  readonly budgetCells?: number;
  readonly duties?: readonly Omit<Duty, '@id'>[];
  /** The noise that the holders of a cohort have agreed on. Floors are the holders' own, so nobody can fill it in for them. */
  readonly perturbation?: Perturbation | undefined;
  /** For an amendment: the agreement that is in force over a dataset, and its version. */
  readonly inForce?: (dataset: string) => Predecessor | undefined;
  /** Takes something away: questions under way end with it. */
  readonly tightening?: boolean;
}

export interface Predecessor {
  readonly hash: Sha256;
  readonly version: number;
}

export interface DraftedOffer {
  readonly holder: ParticipantId;
  readonly dataset: string;
  readonly offer: PolicyOffer;
}

/** What researchers owe unless other terms are agreed: publish within 18 months (EHDS Art. 61(4)), name the source, delete in the end. */
export const customaryDuties: readonly Omit<Duty, '@id'>[] = [
  {
    action: 'rv:publish',
    constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P18M' }],
  },
  { action: 'rv:attribute', constraint: [] },
  {
    action: 'odrl:delete',
    constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P10Y' }],
  },
];

const CUSTOMARY_CELL = 10;

/**
 * One offer for each dataset that the questions need, sorted by dataset; the same application makes the same bytes.
 * @throws AppError INVALID_REQUEST for a question of another register or purpose, CATALOGUE_UNKNOWN when the vocabulary is not the
 * version that the application was planned with; whatever `planQuestion` throws
 */
export function offersOf(application: Application, vocabulary: Vocabulary, terms: OfferTerms = {}): DraftedOffer[] {
  if (application.catalogue !== vocabulary.hash)
    throw new AppError('CATALOGUE_UNKNOWN', { detail: 'The application was planned with another catalogue version.' });
  application.questions.forEach((question, at) => {
    assertOfApplication(application, question, at);
  });
  return draftOffers(occasionOf(application), vocabulary, terms);
}

function assertOfApplication({ register, purpose }: Application, question: Question, at: number): void {
  if (question.register !== register)
    throw AppError.at('INVALID_REQUEST', `/questions/${at}/register`, 'The question is about another register.');
  if (!isPurposeA(question.purpose, purpose))
    throw AppError.at('INVALID_REQUEST', `/questions/${at}/purpose`, 'The purpose is not the one applied for.');
}

const occasionOf = (application: Application): Occasion => ({
  ...application,
  permitRef: application.permitRef ?? application.ethicsVote?.reference,
  purposes: [application.purpose],
  until: application.expires,
  roles: [...new Set(application.people.map(({ role }) => role))].sort(),
});

/** @throws AppError as `planQuestion` does */
export function draftOffers(occasion: Occasion, vocabulary: Vocabulary, terms: OfferTerms = {}): DraftedOffer[] {
  const tasks = occasion.questions.flatMap((question) => planQuestion(canonicalQuestion(question), vocabulary).tasks);
  const byDataset = Map.groupBy(tasks, ({ dataset }) => dataset.id);
  return [...byDataset]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([dataset, [first, ...more]]) =>
      first === undefined
        ? []
        : [
            {
              holder: first.holder,
              dataset,
              offer: { ...draft(occasion, vocabulary, terms, first, [first, ...more]), ...coMembersOf(first, tasks) },
            },
          ],
    );
}

/** Those that answer together are fixed by the agreement: another set of members would be another sum. */
function coMembersOf({ dataset }: PlanTask, tasks: readonly PlanTask[]): Pick<PolicyOffer, 'rv:coMembers'> {
  if (dataset.mode !== 'F') return {};
  return { 'rv:coMembers': [...new Set(togetherOf(tasks).map(({ holder }) => ParticipantId.parse(holder)))].sort() };
}

function draft(
  occasion: Occasion,
  vocabulary: Vocabulary,
  terms: OfferTerms,
  task: PlanTask,
  own: readonly PlanTask[],
): PolicyOffer {
  const lattice = [...new Map(own.map(({ tableHash, table }) => [tableHash, table])).values()];
  const before = terms.inForce?.(task.dataset.id);
  const version = before === undefined ? 1 : before.version + 1;
  return {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Offer',
    '@id': uuidOf(`${occasion.register} ${occasion.version} ${task.dataset.id}`),
    profile: PROFILE,
    conflict: 'prohibit',
    assigner: task.holder,
    assignee: occasion.dataUser,
    target: task.dataset.id,
    'rv:register': occasion.register,
    'rv:realm': occasion.realm,
    'rv:version': version,
    ...(before === undefined ? {} : { 'rv:replaces': before.hash }),
    ...(before !== undefined && terms.tightening === true ? { 'rv:tightening': true as const } : {}),
    'rv:purposeScheme': purposeSchemeHash,
    'rv:legalBasis': occasion.legalBasis,
    ...(occasion.permitRef === undefined ? {} : { 'rv:permitRef': occasion.permitRef }),
    ...versionsOf(lattice, task, vocabulary.catalogue),
    // Exact figures of public data carry none.
    ...(terms.perturbation === undefined || task.dataset.mode === 'O' ? {} : { 'rv:perturbation': terms.perturbation }),
    'rv:lattice': lattice,
    permission: permissionsOf(occasion, terms, task, lattice),
    prohibition: [
      { '@id': '#x1', action: 'rv:reidentify', constraint: [] },
      { '@id': '#x2', action: 'rv:linkRecords', constraint: [] },
      { '@id': '#x3', action: 'rv:rowExport', constraint: [] },
      { '@id': '#x4', action: 'odrl:sell', constraint: [] },
    ],
  };
}

function permissionsOf(occasion: Occasion, terms: OfferTerms, task: PlanTask, lattice: readonly Table[]): Permission[] {
  const duties = terms.duties ?? [];
  return occasion.purposes.map((purpose, at) => ({
    '@id': `#p${at + 1}`,
    action: 'rv:aggregate',
    constraint: constraintsOf(occasion, terms, task, lattice, purpose),
    ...(duties.length === 0
      ? {}
      : { duty: duties.map((duty, place) => ({ ...duty, '@id': `#d${at * duties.length + place + 1}` })) }),
  }));
}

function constraintsOf(
  { from, until, roles }: Occasion,
  { minCellSize, budgetCells }: OfferTerms,
  task: PlanTask,
  lattice: readonly Table[],
  purpose: string,
): Constraint[] {
  const least = minCellSize?.(task.holder) ?? CUSTOMARY_CELL;
  const always: Constraint[] = [
    { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: purpose },
    { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: lattice.map(contentHash) },
    { leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: from },
    { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: until },
    ...(roles === undefined
      ? []
      : [{ leftOperand: 'rv:recipientRole' as const, operator: 'isAnyOf' as const, rightOperand: [...roles] }]),
  ];
  if (task.dataset.mode === 'O') return always;
  return [
    ...always,
    { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: String(least) },
    ...(budgetCells === undefined
      ? []
      : [{ leftOperand: 'rv:budgetCells' as const, operator: 'lteq' as const, rightOperand: String(budgetCells) }]),
  ];
}

/** Exactly the versions that the tables stand on. */
function versionsOf(lattice: readonly Table[], task: PlanTask, catalogue: Vocabulary['catalogue']) {
  const models = lattice.flatMap((table) => [table.model, ...table.coverage.map(({ model }) => model)]);
  const lookups = lattice.flatMap(({ by }) =>
    by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : [])),
  );
  const standards = lattice.flatMap(({ measures }) =>
    measures.flatMap((measure) => (measure.kind === 'direct-rate' ? [measure.standard] : [])),
  );
  const lists = Object.values(task.dataset.grain).map(({ codeList }) => codeList);
  return {
    'rv:dataModels': pick(catalogue.dataModels, models),
    'rv:codeLists': pick(catalogue.codeLists, lists),
    'rv:lookups': pick(catalogue.lookups, lookups),
    'rv:standards': pick(catalogue.standards, standards),
  };
}

const pick = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));

export interface Concluding {
  readonly assignee: ParticipantId;
  /** When the request came. */
  readonly timestamp: string;
}

/** The agreement that an offer comes to, and no other: both sides compute it, and approvals name its hash. @throws AppError POLICY_INVALID for an offer to somebody else */
export function agreementOf(offer: PolicyOffer, { assignee, timestamp }: Concluding): Agreement {
  if (offer.assignee !== undefined && offer.assignee !== assignee)
    throw AppError.at('POLICY_INVALID', '/assignee', 'This is offered to somebody else.');
  return {
    ...offer,
    '@type': 'Agreement',
    '@id': uuidOf(`${contentHash(offer)} ${assignee} ${timestamp}`),
    assignee,
    timestamp,
  };
}

/** A name-based UUID (version 8, RFC 9562 section 5.8), so that the same terms are named alike whoever writes them down. */
function uuidOf(name: string): string {
  const hex = digest(new TextEncoder().encode(name)).slice('sha256:'.length);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
