/** One application as those see it who decide: in words, against the template, with findings, simulation and what is missing. */
import {
  cellsOfTable,
  contentHash,
  diffPolicies,
  type LatticeOpinion,
  lintPolicy,
  renderPolicy,
  tableText,
} from '@revier/core';
import { type Agreement, AppError, type InboxView, type Pid } from '@revier/schema';
import { authorOf, type FourEyes, fourEyes } from './four-eyes.ts';
import { LONGEST_WORD } from './hand-in.ts';
import { latticeOf } from './lattice-of.ts';
import { entryFor } from './list-inbox.ts';
import { type Draft, draftOf, type Negotiation } from './ports.ts';
import { contextOf } from './requests-for.ts';
import { type InboxDeps, type OfferTemplate, roomOf } from './room.ts';
import { simulatePast } from './simulate-past.ts';

/** @throws AppError NOT_FOUND */
export async function viewOf(id: Pid, deps: InboxDeps, signal: AbortSignal): Promise<InboxView> {
  const negotiation = await deps.negotiations.find(id);
  if (negotiation === undefined) throw new AppError('NOT_FOUND', { detail: 'No such negotiation is here.' });
  const room = await roomOf(deps);
  const entry = await entryFor(negotiation, deps, room);
  const draft = draftOf(negotiation);
  const application = negotiation.application?.content ?? null;
  if (draft === null) return { ...nothing, entry, application };
  const eyes = await fourEyes(negotiation, draft, deps.negotiations, room);
  const { agreement } = draft;
  return {
    ...{ entry, application, agreement },
    sentences: renderPolicy(agreement),
    findings: lintPolicy(agreement, deps.self.floor),
    againstTemplate: againstTemplate(agreement, deps.settings.templates),
    againstAsked: negotiation.limited === null ? null : changesOf(negotiation.asked?.agreement, agreement),
    againstCurrent: await againstCurrent(agreement, deps),
    simulation: await simulatePast(negotiation, draft, deps),
    ...(await tablesOf(negotiation, draft, deps, signal)),
    ...peopleOf(negotiation, eyes),
  };
}

const nothing: Omit<InboxView, 'entry' | 'application'> = {
  ...{ agreement: null, sentences: [], tables: [], findings: [], againstTemplate: null, againstAsked: null },
  ...{ againstCurrent: null, simulation: null, lattice: null, unopened: null, approvals: [], required: [] },
  ...{ author: null, opinions: [], opinionMissing: false },
};

/** Who, when and which version differ always, and tell nothing. */
const beside = ['/timestamp', '/rv:version', '/assignee'];

const changesOf = (before: Parameters<typeof diffPolicies>[0] | undefined, after: Agreement) =>
  before === undefined ? null : diffPolicies(before, after).filter(({ pointer }) => !beside.includes(pointer));

/** The model offer for this dataset, else the one for this purpose. */
function againstTemplate(agreement: Agreement, templates: readonly OfferTemplate[]): InboxView['againstTemplate'] {
  const purposes = purposesOf(agreement);
  const found =
    templates.find(({ offer }) => offer.target === agreement.target) ??
    templates.find(({ offer }) => purposesOf(offer).some((purpose) => purposes.includes(purpose)));
  return found === undefined ? null : { template: found.name, changes: changesOf(found.offer, agreement) ?? [] };
}

const purposesOf = ({ permission }: Pick<Agreement, 'permission'>): string[] =>
  permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:purpose' ? [one.rightOperand] : [])),
  );

async function againstCurrent(agreement: Agreement, { agreements }: InboxDeps): Promise<InboxView['againstCurrent']> {
  const replaces = agreement['rv:replaces'];
  const before = replaces === undefined ? undefined : await agreements.standing(replaces);
  return changesOf(before?.stored.agreement, agreement);
}

type Tables = Pick<InboxView, 'tables' | 'lattice' | 'unopened'>;

/** By the catalogue that the application names: without it, hashes alone can be told. */
async function tablesOf(
  negotiation: Negotiation,
  { agreement }: Draft,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<Tables> {
  const lattice = agreement['rv:lattice'];
  try {
    const { vocabulary, held } = await contextOf(negotiation, agreement, deps, signal);
    const { grain } = held.description;
    const tables = lattice.map((table) => ({ hash: contentHash(table), ...tableText(table, vocabulary) }));
    const cells = lattice.map((table) => cellsOfTable(table, vocabulary, (name) => grain[name]?.codeList));
    const opinion = await latticeOf(negotiation, agreement, deps, signal);
    return { tables, unopened: null, lattice: latticeCheck(cells, opinion) };
  } catch (error) {
    const unopened = error instanceof AppError ? error.code : 'UNREACHABLE';
    const bare = lattice.map((table) => ({ hash: contentHash(table), de: contentHash(table), en: contentHash(table) }));
    return { tables: bare, lattice: null, unopened };
  }
}

/** What the public structure tells, and what the check at approval says of it. */
function latticeCheck(
  all: readonly (number | null)[],
  { verdict, figures: { tables, added }, words }: LatticeOpinion,
): NonNullable<InboxView['lattice']> {
  const cells = all.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
  const size = cells === null ? ['unbekannt', 'unknown'] : [String(cells), String(cells)];
  const said = (lang: 'de' | 'en'): string => words.map((word) => word[lang]).join(' ');
  return {
    ...{ tables, added, cells, isSafe: verdict === 'open' ? null : verdict === 'safe' },
    de: `${tables} Tabellen, davon ${added} neu auf diesem Datensatz; höchstens ${size[0]} Zellen. ${said('de')}`,
    en: `${tables} tables, ${added} of them new on this dataset; ${size[1]} cells at most. ${said('en')}`,
  };
}

function peopleOf(
  negotiation: Negotiation,
  eyes: FourEyes,
): Pick<InboxView, 'approvals' | 'required' | 'author' | 'opinions' | 'opinionMissing'> {
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    approvals: eyes.approvals.map(({ role, person, at, policy }) => ({
      ...{ role, person, policy },
      ...{ at: iso(at), until: iso(at + LONGEST_WORD * 1000) },
    })),
    required: [...eyes.required],
    author: authorOf(negotiation),
    opinions: eyes.opinions.map(({ person: by, at, opinion }) => ({ by, at: iso(at), opinion })),
    opinionMissing: eyes.opinionMissing,
  };
}
