/** `revier register templates`, `draft` and `check`: everything before somebody hands anything in. */
import { offersOf } from '@revier/core';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { filledIn, termsOf } from '../../register/draft-application.ts';
import { draftIn, vocabularyOf } from '../../register/register-session.ts';
import { checkAsJson, renderCheck } from '../../register/render-check.ts';
import { isTemplate, templateNames, templateOf } from '../../register/templates.ts';
import { langOf } from '../../terminal.ts';

export async function templates(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const lang = flags.lang ?? langOf(terminal);
  const all = templateNames.map((name) => ({ name, title: templateOf(name, terminal.clock()).title }));
  await put(context, flags.json ? asJson(all) : all.map(({ name, title }) => `${name}  ${title[lang]}`).join('\n'));
  return exitCodes.answered;
}

export async function draft(context: Context): Promise<ExitCode> {
  const [name = ''] = context.positionals;
  if (!isTemplate(name)) throw new UsageError(`Name a template: ${templateNames.join(', ')}.`);
  await put(context, asJson(templateOf(name, context.terminal.clock())));
  return exitCodes.answered;
}

/** A fault in the application is told with its place; a finding of the linter is not one, unless it makes a rule void. */
export async function check(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const written = await draftIn(context);
  const session = await participantSession(context);
  const vocabulary = await vocabularyOf(session);
  const application = filledIn(written, { own: session.own, vocabulary, now: terminal.clock() });
  const offers = offersOf(application, vocabulary, termsOf(written));
  await put(context, flags.json ? asJson(checkAsJson(offers)) : renderCheck(offers, flags.lang ?? langOf(terminal)));
  const isVoid = checkAsJson(offers).some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
  return isVoid ? exitCodes.failed : exitCodes.answered;
}
