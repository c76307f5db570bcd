/** A limited draft: prepared from wishes or from an edited agreement, and handed in by whoever has made it. */
import { openCompact } from '@revier/connector-sdk';
import { agreementOf, contentHash, diffPolicies, limitAgreement, openAgreement, wideningFaults } from '@revier/core';
import {
  type Agreement,
  AppError,
  type CompactJws,
  type LimitedDraft,
  LimitStatement,
  type LimitWishes,
  type Pid,
  type PolicyOffer,
  samePerson,
} from '@revier/schema';
import { resolvedIn } from '../rooms/signed-by-people.ts';
import { settle } from './four-eyes.ts';
import { assertMeant, entryOf } from './hand-in.ts';
import { type Draft, draftOf, type Negotiation } from './ports.ts';
import { requestsFor } from './requests-for.ts';
import { type InboxDeps, roomOf } from './room.ts';
import { notWaiting } from './say.ts';

/** @throws AppError NOT_FOUND, NOT_WAITING, INVALID_REQUEST (nothing would be left, or it is no limitation), POLICY_INVALID */
export async function prepareLimit(
  id: Pid,
  how: { readonly wishes: LimitWishes } | { readonly edited: Agreement },
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<LimitedDraft> {
  const { negotiation, asked, current } = limitable(await deps.negotiations.find(id));
  const timestamp = new Date(deps.self.now()).toISOString();
  const terms =
    'edited' in how
      ? { ...how.edited, timestamp }
      : limitAgreement(current.agreement, how.wishes, {
          requestOf: await requestsFor(negotiation, current.agreement, deps, signal),
          timestamp,
        });
  const { agreement, hash } = limitedDraft(asked, terms);
  return { agreement, hash, draft: current.hash, changes: diffPolicies(asked.agreement, agreement) };
}

/** @throws AppError as `prepareLimit`, and as `handIn` for the statement */
export async function handInLimit(
  id: Pid,
  given: { readonly agreement: Agreement; readonly statement: CompactJws },
  deps: InboxDeps,
): Promise<Negotiation> {
  const room = await roomOf(deps);
  const known = resolvedIn(room.roll.people);
  const { payload, kid } = await openCompact(given.statement, 'revier-limit+jws', LimitStatement, known);
  assertMeant(payload, room);
  const person = room.roll.people.find((one) => one.kid === kid);
  if (person === undefined) throw new AppError('KEY_UNKNOWN');
  if (payload.agreement !== contentHash(given.agreement))
    throw AppError.at('REPLAYED', '/agreement', 'The statement is about another draft than the one beside it.');
  const settled = await deps.negotiations.change(async (desk) => {
    const { negotiation, asked, current } = limitable(await desk.find(id));
    if (payload.negotiation !== id || payload.draft !== current.hash)
      throw AppError.at('REPLAYED', '/draft', 'The statement limits another draft than the one that waits.');
    const limited = limitedDraft(asked, given.agreement);
    if (limited.hash !== payload.agreement)
      throw AppError.at('INVALID_REQUEST', '/agreement', 'The draft is not as this node has prepared it.');
    const next = { ...negotiation, limited: { ...limited, author: samePerson(person.name) } };
    await desk.save(next);
    await desk.enter(entryOf('application-limited', next, person, { before: current.hash }));
    return settle(next, desk, room);
  });
  deps.wake();
  return settled;
}

function limitable(negotiation: Negotiation | undefined): { negotiation: Negotiation; asked: Draft; current: Draft } {
  if (negotiation === undefined) throw new AppError('NOT_FOUND');
  const current = draftOf(negotiation);
  if (negotiation.state !== 'REQUESTED' || negotiation.asked === null || current === null)
    throw notWaiting(negotiation);
  return { negotiation, asked: negotiation.asked, current };
}

/** The agreement that the limited offer comes to; its name follows from its terms. */
function limitedDraft(asked: Draft, terms: Agreement): Draft {
  const offer = offerWith(asked.offer, terms);
  const { timestamp, assignee } = terms;
  const { agreement, hash } = openAgreement(agreementOf(offer, { assignee, timestamp }));
  const faults = wideningFaults({ ...asked.agreement, '@id': agreement['@id'] }, agreement);
  if (faults.length > 0) throw new AppError('INVALID_REQUEST', { errors: faults.slice(0, 20) });
  const same = contentHash({ ...offer, '@id': '' }) === contentHash({ ...asked.offer, '@id': '' });
  if (same) throw new AppError('INVALID_REQUEST', { detail: 'This limits nothing.' });
  return { offer, agreement, hash };
}

/** The asked offer's name stays: within one negotiation it is the same subject. */
function offerWith(asked: PolicyOffer, terms: Agreement): PolicyOffer {
  const { timestamp: _, assignee, ...rest } = terms;
  return {
    ...rest,
    '@type': 'Offer',
    '@id': asked['@id'],
    ...(asked.assignee === undefined ? {} : { assignee }),
  };
}
