/** The end of a negotiation: both have signed, so the agreement comes into force; again after a crash, as often as it takes. */
import { joinHalves } from '@revier/connector-sdk';
import { AppError, type Pid } from '@revier/schema';
import { authorOf, fourEyes } from './four-eyes.ts';
import { assertSafeLattice } from './lattice-of.ts';
import { isPassing } from './passing.ts';
import { draftOf, type Negotiation } from './ports.ts';
import { type InboxDeps, roomOf } from './room.ts';
import { endingOf, finalize, terminate } from './say.ts';

/** Everything that was verified and not concluded yet; one that cannot be concluded now holds up nothing else. */
export async function finishAll(deps: InboxDeps, signal: AbortSignal): Promise<void> {
  for (const { id, state } of await deps.negotiations.list())
    if (state === 'VERIFIED')
      await finish(id, deps, signal).catch((error: unknown) =>
        deps.logger.warn({ err: error, negotiation: id }, 'an agreement could not be concluded yet'),
      );
}

/** @throws what is passing: it is tried again */
export async function finish(id: Pid, deps: InboxDeps, signal: AbortSignal): Promise<void> {
  const negotiation = await deps.negotiations.find(id);
  if (negotiation?.state !== 'VERIFIED') return;
  const fault = await concluded(negotiation, deps, signal);
  await deps.negotiations.change(async (desk) => {
    const now = await desk.find(id);
    if (now?.state !== 'VERIFIED') return;
    if (fault === undefined) await finalize(now, desk, deps.self);
    else await terminate(now, { ...endingOf(fault), decision: 'application-refused' }, desk, deps.self);
  });
  deps.wake();
}

/** Approvals are looked at again: the data user may have taken longer with the signature than they are good for. */
async function concluded(
  negotiation: Negotiation,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  const { own, theirs, application } = negotiation;
  const draft = draftOf(negotiation);
  if (draft === null || own === null || theirs === null || application === null) return new AppError('INTERNAL');
  const eyes = await fourEyes(negotiation, draft, deps.negotiations, await roomOf(deps));
  if (!eyes.isApproved)
    return new AppError('TWO_PERSONS_NEEDED', { detail: 'The approvals have become too old, or somebody has left.' });
  try {
    // Another agreement on the dataset may have come into force since this one was approved; what is concluded stays so.
    if ((await deps.agreements.standing(draft.hash)) === undefined)
      await assertSafeLattice(negotiation, draft.agreement, deps, signal);
    await deps.conclude(joinHalves(draft.agreement, own, theirs), {
      author: authorOf(negotiation),
      approvals: eyes.approvals.map(({ role, person, kid, statement, at }) => ({ role, person, kid, statement, at })),
      application: { application: application.content, signed: application.signed },
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error) || error.code === 'INTERNAL') throw error;
    return error;
  }
}
