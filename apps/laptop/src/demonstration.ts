/** The demonstration: found or find the federation, raise it, ask, show, say what to try next. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { ask, loadProfile, type Profile, renderAnswer } from '@revier/cli';
import { ProblemError } from '@revier/connector-sdk';
import { DEMO_CLIENT } from '@revier/demo-provider';
import { type Answer, AppError } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { agreeRegisters } from './agree-registers.ts';
import { careNeedFederation } from './care-need-federation.ts';
import type { FederationSpec } from './federation-spec.ts';
import { folders, readMark } from './folders.ts';
import { type Founding, foundFederation, markFounded } from './found-federation.ts';
import { help, type LaptopOptions, type Parsed } from './options.ts';
import { questionFile, readQuestion } from './questions.ts';
import { type Federation, raiseFederation } from './raise-federation.ts';
import { ruhrFederation } from './ruhr-federation.ts';
import { type Words, words } from './words.ts';

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export function helpOrUsage(parsed: Exclude<Parsed, { kind: 'run' }>): number {
  if (parsed.kind === 'help') {
    process.stdout.write(help);
    return 0;
  }
  say(`${parsed.fault}\n\n${help}`);
  return 2;
}

/** Exit code: 0 answered, 1 something went wrong, 3 answered in part, 4 not answered. */
export async function runDemonstration(options: LaptopOptions): Promise<number> {
  try {
    return await demonstrate(options, words[options.lang]);
  } catch (error) {
    say(plainly(error));
    return 1;
  }
}

async function demonstrate(options: LaptopOptions, text: Words): Promise<number> {
  const started = performance.now();
  const spec = options.example === 'ruhr' ? ruhrFederation(options.persons) : careNeedFederation(options.data ?? '');
  const folder = join(options.folder, spec.name);
  const step = (line: string): void =>
    say(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  step(text.raising);
  const founded = await findOrFound(options, spec, folder, step, text);
  const federation = await raiseFederation({
    spec,
    folder,
    port: options.port,
    logger: createLogger({ name: 'laptop', level: 'warn' }),
    portTaken: (port) => step(text.portTaken(port)),
  });
  try {
    step(text.running(federation.url, spec.holders.length));
    if (founded !== undefined) {
      step(text.agreements(await agreeRegisters({ spec, folder, url: federation.url, from: founded.now })));
      await markFounded(founded);
    }
    return await show(options, spec, folder, federation, step);
  } finally {
    await federation.close();
    say(text.bye);
  }
}

/** What was founded just now, and has no registers yet. */
async function findOrFound(
  options: LaptopOptions,
  spec: FederationSpec,
  folder: string,
  step: (line: string) => void,
  text: Words,
): Promise<Founding | undefined> {
  const mark = readMark(folder);
  const made = { persons: options.persons ?? null };
  if (mark === null) {
    step(text.founding);
    const founding = { spec, folder, options: made, now: new Date(), lang: options.lang, say: step };
    await foundFederation(founding);
    return founding;
  }
  if (options.persons !== undefined && mark.options.persons !== made.persons)
    throw new AppError('INVALID_REQUEST', {
      detail: `The folder holds a federation of another size. Remove ${folder}, or name another --folder.`,
    });
  step(text.found);
  return undefined;
}

async function show(
  options: LaptopOptions,
  spec: FederationSpec,
  folder: string,
  federation: Federation,
  step: (line: string) => void,
): Promise<number> {
  const text = words[options.lang];
  const profile = await profileFor(options, folder, federation);
  if (!options.json) showCatalogue(options, spec, text);
  const answers: Answer[] = [];
  for (const { file, title } of options.json ? spec.demonstration.slice(0, 1) : spec.demonstration) {
    step(text.asking(title[options.lang]));
    const answer = await ask(profile, readQuestion(file));
    step(text.state[answer.state]);
    answers.push(answer);
    process.stdout.write(
      options.json ? `${JSON.stringify(answer)}\n` : `\n${renderAnswer(answer, renderOptions(options))}\n`,
    );
  }
  if (!options.once) {
    if (!options.json) showNext(options, spec, federation.url, text);
    await untilInterrupted();
  }
  return exitCode(answers);
}

const renderOptions = ({ lang }: LaptopOptions) => ({
  lang,
  width: process.stdout.columns ?? 100,
  colour: process.stdout.isTTY === true,
});

const exitCode = (answers: readonly Answer[]): number => {
  if (answers.some(({ state }) => state === 'failed')) return 4;
  return answers.some(({ state }) => state === 'partial') ? 3 : 0;
};

/** The profile that `revier` finds from here: it points into the folder of the federation that was raised last. */
async function profileFor(options: LaptopOptions, folder: string, { url, issuer }: Federation): Promise<Profile> {
  const own = join(folders(folder).user, 'profile.json');
  const made: Record<string, unknown> = JSON.parse(await readFile(own, 'utf8'));
  const file = join(options.folder, 'profile.json');
  await mkdir(options.folder, { recursive: true });
  const login = { issuer, clientId: DEMO_CLIENT };
  const inFolder = (name: unknown): string => relative(options.folder, join(folders(folder).user, String(name)));
  await writeFile(
    file,
    `${JSON.stringify({ ...made, broker: url, login, key: inFolder(made.key), credential: inFolder(made.credential) }, null, 2)}\n`,
    { mode: 0o600 },
  );
  return loadProfile({ file, cwd: process.cwd(), home: homedir() });
}

function showCatalogue({ lang }: LaptopOptions, spec: FederationSpec, text: Words): void {
  const lines = spec.holders.flatMap((holder) =>
    holder.datasets.map(
      (dataset) =>
        `  ${holder.name.padEnd(30)} ${dataset.title[lang].padEnd(40)} ${dataset.model.id.padEnd(16)} mode ${dataset.mode}`,
    ),
  );
  say(`\n${text.catalogue}\n${lines.join('\n')}\n`);
}

function showNext({ lang }: LaptopOptions, spec: FederationSpec, url: string, text: Words): void {
  const [first] = spec.demonstration;
  const example = relative(process.cwd(), questionFile(first?.file ?? ''));
  const other = spec.name === 'ruhr' ? relative(process.cwd(), questionFile('measles-vaccination.json')) : example;
  process.stdout.write(
    [
      '',
      text.next,
      `  ${text.docs}: ${url}/docs`,
      `  curl -s ${url}/v1/catalogue`,
      `  npx revier sign ${example} | curl -s --json @- -H 'Prefer: wait=30' ${url}/v1/queries`,
      `  npx revier catalogue`,
      `  npx revier query ${other} --lang ${lang}`,
      `  npx revier login && npx revier queries`,
      '',
      text.stop,
      '',
    ].join('\n'),
  );
}

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

/** One sentence and what to do; never a stack trace. */
function plainly(error: unknown): string {
  if (error instanceof AppError)
    return [
      `${error.code}: ${error.message}`,
      ...(error.options.errors ?? []).map(({ pointer, detail }) => `  ${pointer} ${detail}`),
    ].join('\n');
  if (error instanceof ProblemError)
    return `${error.problem.code}: ${error.problem.detail ?? error.problem.title}\n  ${error.problem.hint}`;
  return error instanceof Error ? error.message : String(error);
}
