/** What every command is handed: its arguments, the terminal, and the profile and session when it asks for them. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { enter, type Session } from './ask/enter.ts';
import { accessTokenOf } from './login/access.ts';
import { type Arguments, UsageError } from './options.ts';
import { loadProfile, type Profile } from './profile/profile.ts';
import type { RenderOptions } from './render/render-answer.ts';
import { isColoured, langOf, type Terminal, widthOfTerminal } from './terminal.ts';

export interface Context extends Arguments {
  readonly terminal: Terminal;
}

/** The exit codes; `help.ts` tells them to the person. */
export const exitCodes = { answered: 0, other: 1, usage: 2, partial: 3, failed: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const profileOf = ({ flags, terminal: { env, cwd, home } }: Context): Promise<Profile> =>
  loadProfile({ file: flags.profile ?? (env.REVIER_PROFILE || undefined), cwd, home });

export const sessionOf = async (context: Context): Promise<Session> =>
  enter(await profileOf(context), { clock: context.terminal.clock });

/** For what belongs to the person. @throws AppError LOGIN_NEEDED when nobody is logged in */
export async function loggedInSessionOf(context: Context): Promise<Session> {
  const { clock } = context.terminal;
  const profile = await profileOf(context);
  const accessToken = accessTokenOf(profile, clock);
  await accessToken();
  return enter(profile, { clock, accessToken });
}

/** Of a node, a broker or an organisation: by `--folder`, else REVIER_FOLDER. @throws UsageError */
export function folderOf({ flags, terminal: { env, cwd } }: Context): string {
  const given = flags.folder ?? env.REVIER_FOLDER;
  if (given === undefined || given === '') throw new UsageError('Name the folder with --folder.');
  return resolve(cwd, given);
}

export type Format = 'table' | 'json' | 'csv';

export function formatOf({ flags: { json, csv, out } }: Context): Format {
  if (json) return 'json';
  if (csv) return 'csv';
  return out?.endsWith('.json') ? 'json' : out?.endsWith('.csv') ? 'csv' : 'table';
}

/** A file gets neither colours nor the width of the terminal of the day. */
export function renderOptionsOf({ flags, terminal }: Context): RenderOptions {
  const toFile = flags.out !== undefined;
  return {
    lang: flags.lang ?? langOf(terminal),
    width: toFile ? 100 : widthOfTerminal(terminal),
    colour: !toFile && isColoured(terminal.stdout),
  };
}

/** The one place where results leave. */
export async function put({ flags: { out }, terminal }: Context, text: string): Promise<void> {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (out === undefined) {
    terminal.stdout.write(whole);
    return;
  }
  await writeFile(resolve(terminal.cwd, out), whole);
  terminal.stderr.write(`Written to ${out}.\n`);
}

export const asJson = (value: unknown): string => JSON.stringify(value, null, 2);
