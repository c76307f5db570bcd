/** `revier register status`, `sync`, `follow` and `show`: what has become of it. */
import { nextStepOf, type RegisterRecord, type SyncOutcome, syncRegisters } from '@revier/connector-sdk';
import { diffPolicies, renderPolicy, widerPlaces } from '@revier/core';
import { reached } from '../../ask/enter.ts';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { type RegisterSession, registerIn, registerSession, storeOf } from '../../register/register-session.ts';
import { renderStatus, statusAsJson } from '../../register/render-status.ts';
import { words } from '../../register/words.ts';
import { plain } from '../../render/plain-text.ts';
import { langOf } from '../../terminal.ts';

const POLL_SECONDS = 50;

/** From the folder alone, without the broker. */
export async function status(context: Context): Promise<ExitCode> {
  return told(context, await storeOf(context).list());
}

async function told(context: Context, records: readonly RegisterRecord[]): Promise<ExitCode> {
  const { flags, terminal } = context;
  const now = terminal.clock();
  const text = flags.json
    ? asJson(statusAsJson(records, now))
    : renderStatus(records, flags.lang ?? langOf(terminal), now);
  await put(context, text);
  const isWaiting = records.some(({ negotiations }) => negotiations.some((one) => nextStepOf(one, now) === 'decide'));
  return isWaiting ? exitCodes.partial : exitCodes.answered;
}

export async function sync(context: Context): Promise<ExitCode> {
  const session = await registerSession(context);
  noteOutcome(context, await synced(session, 0));
  return told(context, await session.consumer.store.list());
}

/** Until nothing is under way, or somebody has to decide, or --wait is over. */
export async function follow(context: Context): Promise<ExitCode> {
  const session = await registerSession(context);
  const { store } = session.consumer;
  const ends = performance.now() + (context.flags.wait ?? Number.POSITIVE_INFINITY) * 1000;
  for (let wait = 0; ; wait = Math.min(POLL_SECONDS, Math.ceil((ends - performance.now()) / 1000))) {
    noteOutcome(context, await synced(session, Math.max(0, wait)));
    const records = await store.list();
    const steps = records.flatMap(({ negotiations }) =>
      negotiations.map((one) => nextStepOf(one, context.terminal.clock())),
    );
    const isMoving = steps.some((step) => step === 'wait-for-holder' || step === 'wait-for-signature');
    if (steps.includes('decide') || !isMoving || performance.now() >= ends) return told(context, records);
  }
}

const synced = ({ consumer, brokerUrl: broker }: RegisterSession, waitSeconds: number): Promise<SyncOutcome> =>
  reached({ broker }, () => syncRegisters(consumer, { waitSeconds }));

export function noteOutcome({ terminal: { stderr } }: Context, { strange = [], stuck }: Partial<SyncOutcome>): void {
  for (const { from, why } of strange)
    stderr.write(`note: a letter from ${plain(from)} was left aside: ${plain(why)}\n`);
  for (const { to, why } of stuck ?? [])
    stderr.write(`note: the broker does not take a letter to ${plain(to)}: ${plain(why)}\n`);
}

/** The terms as sentences; of a counter-offer what it changes. With --json the offers themselves, to be edited for `counter`. */
export async function show(context: Context): Promise<ExitCode> {
  const { flags, terminal, positionals } = context;
  const record = await registerIn(storeOf(context), positionals[0]);
  const lang = flags.lang ?? langOf(terminal);
  const shown = record.negotiations.filter(({ dataset }) => flags.dataset === undefined || dataset === flags.dataset);
  const lines = shown.flatMap(({ dataset, holder, offer, proposed, notes }) => [
    `${dataset} (${holder})`,
    ...renderPolicy(offer).map((sentence) => `  ${plain(sentence[lang])}`),
    ...(proposed === null
      ? []
      : [
          `  ${words.counter[lang]}:`,
          ...diffPolicies(offer, proposed).map((change) => `    ${plain(change[lang])}`),
          ...widerPlaces(offer, proposed).map((place) => `    ! ${words.wider[lang]} ${place}`),
        ]),
    ...notes.map(({ at, note }) => `  ${at} ${plain(note)}`),
  ]);
  await put(context, flags.json ? asJson(shown) : lines.join('\n'));
  return exitCodes.answered;
}
