/** `revier register apply`, `amend`, `extend`, `accept`, `counter`, `end`, `close` and `duty`: what a person decides. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  amendRegister,
  applyForRegister,
  closeRegister,
  type Intent,
  nextStepOf,
  type RegisterRecord,
  reportDuty,
  type Sent,
  sayInNegotiation,
  verifyApplication,
} from '@revier/connector-sdk';
import { admitOffer, contentHash } from '@revier/core';
import { type Application, PolicyOffer } from '@revier/schema';
import { reached } from '../../ask/enter.ts';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { fitting } from '../../participant/participant.ts';
import { DraftApplication, filledIn, termsOf } from '../../register/draft-application.ts';
import {
  draftIn,
  type RegisterSession,
  registerIn,
  registerSession,
  vocabularyOf,
} from '../../register/register-session.ts';
import { renderStatus, statusAsJson } from '../../register/render-status.ts';
import { langOf } from '../../terminal.ts';
import { noteOutcome } from './follow-up.ts';

async function done(
  context: Context,
  session: RegisterSession,
  register: string,
  sending: Promise<Sent>,
): Promise<ExitCode> {
  noteOutcome(context, await reached({ broker: session.brokerUrl }, () => sending));
  const { flags, terminal } = context;
  const records = (await session.consumer.store.list()).filter((record) => record.register === register);
  const now = terminal.clock();
  await put(
    context,
    flags.json ? asJson(statusAsJson(records, now)) : renderStatus(records, flags.lang ?? langOf(terminal), now),
  );
  return exitCodes.answered;
}

export async function apply(context: Context): Promise<ExitCode> {
  const written = await draftIn(context);
  const session = await registerSession(context);
  const vocabulary = await vocabularyOf(session);
  const application = filledIn(written, { own: session.own, vocabulary, now: session.clock() });
  const sending = applyForRegister(session.consumer, application, vocabulary, termsOf(written));
  return done(context, session, application.register, sending);
}

export async function amend(context: Context): Promise<ExitCode> {
  const written = await draftIn(context);
  const session = await registerSession(context);
  const record = await registerIn(session.consumer.store, written.register);
  return amended(context, session, record, written);
}

async function amended(
  context: Context,
  session: RegisterSession,
  record: RegisterRecord,
  written: DraftApplication,
): Promise<ExitCode> {
  const vocabulary = await vocabularyOf(session);
  const last = await newestOf(session, record);
  const before = { version: last.version, hash: contentHash(last) };
  const application = filledIn(written, { own: session.own, vocabulary, now: session.clock(), before });
  const tightening = context.flags.tightening;
  const sending = amendRegister(session.consumer, { application, vocabulary, terms: termsOf(written), tightening });
  return done(context, session, record.register, sending);
}

async function newestOf(
  { keeper: trust, own, clock }: RegisterSession,
  { applications }: RegisterRecord,
): Promise<Application> {
  const { application } = await verifyApplication(applications.at(-1) ?? '', { trust, realm: own.realm, now: clock() });
  return application;
}

/** The same terms for longer. */
export async function extend(context: Context): Promise<ExitCode> {
  const { until } = context.flags;
  if (until === undefined) throw new UsageError('Name the day with --until.');
  const session = await registerSession(context);
  const record = await registerIn(session.consumer.store, context.positionals[0]);
  const {
    kind: _,
    realm: __,
    version: ___,
    dataUser: ____,
    replaces: _____,
    catalogue: ______,
    submitted: _______,
    ...rest
  } = await newestOf(session, record);
  const terms = termsAsWritten(record);
  return amended(context, session, record, DraftApplication.parse({ ...rest, expires: `${until}T00:00:00Z`, terms }));
}

/** As they were asked for last. */
function termsAsWritten({ negotiations }: RegisterRecord) {
  const rules = negotiations.flatMap(({ offer }) => offer.permission);
  const limit = (left: string) =>
    rules.flatMap(({ constraint }) => constraint).find(({ leftOperand }) => leftOperand === left)?.rightOperand;
  const [minCellSize, budgetCells] = [limit('rv:minCellSize'), limit('rv:budgetCells')];
  const perturbation = negotiations.map(({ offer }) => offer['rv:perturbation']).find((one) => one !== undefined);
  return {
    perturbation,
    ...(minCellSize === undefined ? {} : { minCellSize: Number(minCellSize) }),
    ...(budgetCells === undefined ? {} : { budgetCells: Number(budgetCells) }),
    duties: (rules[0]?.duty ?? []).map(({ '@id': _, ...duty }) => duty),
  };
}

const saying =
  (intentOf: (context: Context) => Promise<Intent>) =>
  async (context: Context): Promise<ExitCode> => {
    const session = await registerSession(context);
    const record = await registerIn(session.consumer.store, context.positionals[0]);
    const dataset = context.flags.dataset ?? onlyOne(record, session.clock());
    const sending = sayInNegotiation(session.consumer, record.register, dataset, await intentOf(context));
    return done(context, session, record.register, sending);
  };

/** Where there is one counter-offer alone, or one negotiation, nobody has to name it. */
function onlyOne({ negotiations }: RegisterRecord, now: Date): string {
  const waiting = negotiations.filter((one) => nextStepOf(one, now) === 'decide');
  const [only, ...more] = waiting.length > 0 ? waiting : negotiations;
  if (only === undefined || more.length > 0) throw new UsageError('Name the dataset with --dataset.');
  return only.dataset;
}

export const accept = saying(async () => ({ say: 'accept' }));

export const counter = saying(async ({ positionals: [, file], terminal: { cwd } }) => {
  if (file === undefined) throw new UsageError('Name the register, and the file with the offer.');
  const offer = fitting(await readFile(resolve(cwd, file), 'utf8'), PolicyOffer, file);
  return { say: 'request', offer: admitOffer(offer) };
});

export const end = saying(async ({ flags: { reason } }) => {
  if (reason === undefined) throw new UsageError('Say why with --reason.');
  return { say: 'terminate', code: 'ENDED', reason };
});

export async function close(context: Context): Promise<ExitCode> {
  const { reason } = context.flags;
  if (reason === undefined) throw new UsageError('Say why with --reason.');
  const session = await registerSession(context);
  const record = await registerIn(session.consumer.store, context.positionals[0]);
  const hash = contentHash(await newestOf(session, record));
  return done(context, session, record.register, closeRegister(session.consumer, record.register, hash, reason));
}

/** `revier register duty done [register] <#d1>` */
export async function duty(context: Context): Promise<ExitCode> {
  const { evidence, dataset } = context.flags;
  const [word, ...names] = context.positionals;
  const id = names.at(-1);
  if (word !== 'done' || id === undefined || !/^#?d\d{1,3}$/.test(id) || evidence === undefined)
    throw new UsageError('revier register duty done <register> <#d1> --evidence <text>');
  const session = await registerSession(context);
  const record = await registerIn(session.consumer.store, names.length > 1 ? names[0] : undefined);
  const report = { duty: id.startsWith('#') ? id : `#${id}`, evidence, dataset };
  return done(context, session, record.register, reportDuty(session.consumer, record.register, report));
}
