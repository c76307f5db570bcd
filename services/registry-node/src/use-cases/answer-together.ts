/** A task of a secure sum, step by step: accept with a key, mask for the agreed roster, open once; a total opened before is confirmed as it was. */
import { makeSeed } from '@revier/connector-sdk';
import type { Member } from '@revier/core';
import { ParticipantId, type SumStep } from '@revier/schema';
import type { Trail } from '@revier/service-kit';
import { read } from '../rooms/archive.ts';
import { type Granted, type GrantedFacts, openGranted } from '../rooms/guard.ts';
import { type Recorded, release } from '../rooms/ledger.ts';
import { sealed } from '../rooms/refusal.ts';
import { recall, sieveTogether } from '../rooms/sieve.ts';
import { invalid, membersAgreed, verifyDelivered, verifyRoster } from '../rooms/together.ts';
import {
  acceptTogether,
  decideTogether,
  maskTogether,
  openAgain,
  openedOtherwise,
  openTogether,
} from '../rooms/together-ledger.ts';
import type { SumAttempt, Sums } from '../sum-ports.ts';
import type { House } from './answer-task.ts';

export interface TogetherDeps {
  readonly sums: Sums;
}

interface Going {
  readonly granted: Granted;
  readonly facts: GrantedFacts;
  readonly members: readonly Member[];
  readonly own: SumAttempt | undefined;
  readonly trail: Trail;
  readonly signal: AbortSignal;
}

/** `repeated`: a step was taken, and the task goes on. @throws Refusal MEMBERS_INVALID, MIN_NODES, and as every task */
export async function answerTogether(
  granted: Granted,
  house: House,
  trail: Trail,
  signal: AbortSignal,
): Promise<Recorded | 'repeated'> {
  const facts = openGranted(granted);
  const { sum: step, taskId } = facts.task;
  if (step === undefined) throw invalid('/sum', 'The task does not say which step of the sum it is for.');
  const members = await membersAgreed(facts, house);
  const own = await house.sums.find({ taskId, attempt: step.attempt });
  const going = { granted, facts, members, own, trail, signal };
  if (own?.isOpened === true) return confirmOpening(going, step, house);
  const known = await openedBefore(going, house);
  if (known !== undefined) return known;
  if (step.step === 'offer') return takeOffer(going, step.attempt, house);
  return step.step === 'roster' ? maskFor(going, step, house) : open(going, step, house);
}

/** The same table in the same epoch: the masked words that were opened, signed for this submission; nothing is opened again. */
async function openedBefore({ granted, facts, members, signal }: Going, house: House) {
  const kept = await house.book.kept(facts.key);
  const sum = kept && (await house.sums.partOf(kept.hash));
  if (kept === undefined || sum === undefined) return undefined;
  if (sum.members.join(' ') !== idsOf(members).join(' ')) throw openedOtherwise();
  return release(recall(granted, kept, sum), house, signal, idsOf(members));
}

const idsOf = (members: readonly Member[]): ParticipantId[] => members.map(({ id }) => ParticipantId.parse(id));

async function takeOffer({ facts, own }: Going, attempt: number, house: House): Promise<'repeated'> {
  if (own === undefined) await acceptTogether(facts, attempt, house);
  else await house.sums.accept({ ...own, taskId: facts.task.taskId, attempt, expires: facts.task.exp });
  return 'repeated';
}

async function maskFor(
  { granted, facts, members, own, trail, signal }: Going,
  step: Extract<SumStep, { step: 'roster' }>,
  house: House,
): Promise<'repeated'> {
  if (own === undefined) throw invalid('/sum', 'This node has no key of this attempt.');
  const roster = await verifyRoster(step, facts, members, { self: house.self, own });
  const { masked } = own;
  if (masked !== null) {
    if (masked.sum.roster !== roster.digest) throw invalid('/sum/receipts', 'Another roster was masked for.');
    const name = { taskId: facts.task.taskId, attempt: step.attempt };
    await house.sums.mask(name, masked, { decision: 'masked', codes: [], facts: {}, person: null });
    return 'repeated';
  }
  await decideTogether(facts, idsOf(members), house);
  if (await house.isSealed(facts.key)) throw sealed();
  const { observer, archive, noiseKey } = house;
  const exact = await observer.step('archive', trail, () => read(granted, archive, signal));
  const seed = makeSeed();
  const masking = { member: house.self.participant, secret: own.secret, seed, roster };
  const { id: dataset, epoch } = facts.own.dataset;
  const part = await observer.step('sieve', trail, () =>
    house.sums.hold(dataset, (before) => sieveTogether(exact, masking, noiseKey, before)),
  );
  // Nothing leaves that could never be opened.
  if (await house.sums.isOpenedOtherwise({ dataset, epoch, cells: part.cells, members: idsOf(members) }))
    throw openedOtherwise();
  house.crashPoint('before-ledger');
  await observer.step('ledger', trail, () =>
    maskTogether({ ...part, roster, seed, receipt: own.receipt }, house, signal),
  );
  return 'repeated';
}

async function open(going: Going, step: Extract<SumStep, { step: 'open' }>, house: House) {
  const { granted, facts, own, signal } = going;
  if (own === undefined || own.masked === null) throw invalid('/sum', 'This node has masked nothing in this attempt.');
  const { masked, secret, receipt } = own;
  await verifyDelivered(step.releases, masked, facts, house.self);
  const answer = recall(granted, masked.body, masked.sum);
  const recorded = await openTogether({ answer, masked, secret, receipt, step }, house, signal);
  house.crashPoint('after-ledger');
  return recorded;
}

async function confirmOpening({ granted, facts, own }: Going, step: SumStep, house: House): Promise<'repeated'> {
  if (own?.masked == null || step.step !== 'open') return 'repeated';
  const { masked, secret, receipt } = own;
  await verifyDelivered(step.releases, masked, facts, house.self);
  const answer = recall(granted, masked.body, masked.sum);
  await openAgain({ answer, masked, secret, receipt, step }, facts, house);
  return 'repeated';
}
