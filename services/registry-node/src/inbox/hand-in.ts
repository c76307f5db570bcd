/** What people hand in about a draft: approval, rejection, opinion; signed with keys enrolled here, about these very bytes. */
import { assertInForce, claimedKind, openCompact } from '@revier/connector-sdk';
import { APPROVAL_AGE_MS } from '@revier/core';
import { AppError, ApprovalStatement, type CompactJws, Opinion, type Sha256, samePerson } from '@revier/schema';
import type { AuditEntry, Enrolled } from '../ports.ts';
import { resolvedIn } from '../rooms/signed-by-people.ts';
import { approvingRole, authorOf, settle } from './four-eyes.ts';
import { assertSafeLattice } from './lattice-of.ts';
import { type Desk, draftOf, type Negotiation } from './ports.ts';
import { type InboxDeps, type Room, roomOf } from './room.ts';
import { factsOf, notWaiting, type Terminating, terminate } from './say.ts';

export const LONGEST_WORD = APPROVAL_AGE_MS / 1000;

/** Where people still have a say. */
const waiting: readonly Negotiation['state'][] = ['REQUESTED', 'OFFERED', 'ACCEPTED'];

/**
 * The same statement again changes nothing.
 * @throws AppError KEY_UNKNOWN (not enrolled), SIGNATURE_INVALID, SIGNATURE_TYPE, WRONG_AUDIENCE, WRONG_REALM, EXPIRED, NOT_FOUND (no such
 * draft), REPLAYED (an older draft), POLICY_INVALID (tables that cannot be granted together), NOT_WAITING, FORBIDDEN (another's role, the author), TWO_PERSONS_NEEDED (a second role)
 */
export async function handIn(statement: CompactJws, deps: InboxDeps, signal: AbortSignal): Promise<Negotiation> {
  const room = await roomOf(deps);
  const kind = claimedKind(statement);
  if (kind !== 'revier-approval+jws' && kind !== 'revier-opinion+jws') throw new AppError('SIGNATURE_TYPE');
  const schema = kind === 'revier-approval+jws' ? ApprovalStatement : Opinion;
  const { payload, kid } = await openCompact(statement, kind, schema, resolvedIn(room.roll.people));
  assertMeant(payload, room);
  const person = room.roll.people.find((one) => one.kid === kid);
  if (person === undefined) throw new AppError('KEY_UNKNOWN');
  if (payload.kind !== 'opinion' && payload.decision === 'approve')
    await assertGrantable(payload.agreement, deps, signal);
  const settled = await deps.negotiations.change(async (desk) => {
    const negotiation = await waitingFor(payload.agreement, desk);
    const given: Given = { negotiation, statement, person, at: Math.min(payload.iat * 1000, room.self.now()) };
    if (payload.kind === 'opinion') return takeOpinion(payload, given, desk, room);
    assertMay(payload, given);
    return payload.decision === 'reject' ? reject(payload, given, desk, room) : approve(payload, given, desk, room);
  });
  deps.wake();
  return settled;
}

/** What cannot be concluded is not approved of: it is limited, or rejected. Which draft it is about is looked at again below. */
async function assertGrantable(draft: Sha256, deps: InboxDeps, signal: AbortSignal): Promise<void> {
  const negotiation = await deps.negotiations.ofDraft(draft);
  const current = negotiation === undefined ? null : draftOf(negotiation);
  if (negotiation === undefined || current?.hash !== draft || !waiting.includes(negotiation.state)) return;
  await assertSafeLattice(negotiation, current.agreement, deps, signal);
}

interface Given {
  readonly negotiation: Negotiation;
  readonly statement: CompactJws;
  readonly person: Enrolled;
  readonly at: number;
}

export function assertMeant(
  { node, realm, ...times }: Pick<Opinion, 'node' | 'realm' | 'iat' | 'exp'>,
  { self }: Pick<Room, 'self'>,
  longest = LONGEST_WORD,
): void {
  if (node !== self.participant) throw AppError.at('WRONG_AUDIENCE', '/node', 'The statement is for another node.');
  if (realm !== self.realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  assertInForce(times, { now: new Date(self.now()) }, longest);
}

async function waitingFor(draft: Sha256, desk: Desk): Promise<Negotiation> {
  const found = await desk.ofDraft(draft);
  if (found === undefined) throw AppError.at('NOT_FOUND', '/agreement', 'No application here has this draft.');
  if (draftOf(found)?.hash !== draft)
    throw AppError.at('REPLAYED', '/agreement', 'The statement is about another version than the one that waits.');
  if (!waiting.includes(found.state)) throw notWaiting(found);
  return found;
}

/** The role that somebody is enrolled in; and whoever has written a draft does not approve it. */
function assertMay({ role, decision }: ApprovalStatement, { person, negotiation }: Given): void {
  if (approvingRole(person.role) !== role)
    throw AppError.at('FORBIDDEN', '/role', 'The key is not enrolled in this role, nor as a deputy in it.');
  if (decision === 'approve' && samePerson(person.name) === authorOf(negotiation))
    throw AppError.at('FORBIDDEN', '/agreement', 'Whoever has made a draft does not approve it.');
}

async function approve(
  { role, agreement }: ApprovalStatement,
  { negotiation, statement, person, at }: Given,
  desk: Desk,
  room: Room,
): Promise<Negotiation> {
  const name = samePerson(person.name);
  const words = await desk.words(agreement);
  if (words.some((one) => one.kind === 'approve' && one.person === name && one.role !== role))
    throw new AppError('TWO_PERSONS_NEEDED', { detail: 'This person has approved in another role already.' });
  const base = { negotiation: negotiation.id, draft: agreement, kid: person.kid, person: name, statement, at };
  if (!(await desk.keep({ ...base, kind: 'approve', role, policy: null }))) return negotiation;
  await desk.enter(entryOf('application-approved', negotiation, person, { role }));
  return settle(negotiation, desk, room);
}

async function reject(
  said: Extract<ApprovalStatement, { decision: 'reject' }>,
  { negotiation, person }: Given,
  desk: Desk,
  { self }: Room,
): Promise<Negotiation> {
  const ending: Terminating = {
    ...{ code: 'REJECTED', reason: [said.reason], decision: 'application-rejected' },
    ...{ person: signature(person), facts: { role: said.role, reason: said.reason } },
  };
  return terminate(negotiation, ending, desk, self);
}

async function takeOpinion(
  opinion: Opinion,
  { negotiation, statement, person, at }: Given,
  desk: Desk,
  room: Room,
): Promise<Negotiation> {
  if (!person.role.endsWith('data-protection-officer'))
    throw AppError.at('FORBIDDEN', '', 'The opinion is that of the data protection officer.');
  const base = {
    negotiation: negotiation.id,
    draft: opinion.agreement,
    kid: person.kid,
    person: samePerson(person.name),
  };
  if (!(await desk.keep({ ...base, statement, at, kind: 'opinion', opinion }))) return negotiation;
  await desk.enter(entryOf('opinion-given', negotiation, person, { verdict: opinion.verdict }));
  return settle(negotiation, desk, room);
}

const signature = ({ name, role }: Enrolled): string => `${name} (${role})`;

export const entryOf = (
  decision: AuditEntry['decision'],
  negotiation: Negotiation,
  person: Enrolled,
  facts: AuditEntry['facts'],
): AuditEntry => ({ decision, codes: [], facts: { ...factsOf(negotiation), ...facts }, person: signature(person) });
