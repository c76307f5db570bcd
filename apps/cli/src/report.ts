/** How a failure is told: for people on stderr, for programs as problem details on stdout. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, type Problem, type ProblemCode, problemOf } from '@revier/schema';
import { type ExitCode, exitCodes } from './context.ts';
import { paint } from './render/layout.ts';
import { plain } from './render/plain-text.ts';

/** Undefined for what nobody foresaw. */
export function problemIn(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  return error instanceof AppError ? problemOf(error.code, error.options) : undefined;
}

/** Problems of this machine or of the way: nothing was refused. */
const notRefused: readonly ProblemCode[] = [
  'PROFILE_MISSING',
  'PROFILE_UNFIT',
  'KEY_EXPOSED',
  'RATE_LIMITED',
  'LOGIN_NEEDED',
];

export const exitCodeOf = ({ code, status }: Problem): ExitCode =>
  status >= 500 || notRefused.some((known) => known === code) ? exitCodes.other : exitCodes.failed;

/** Texts may come from the other side, so that none goes to the terminal as it is. */
export function problemText(problem: Problem, colour: boolean): string {
  const { title, code, detail, errors = [], hint, requestId } = problem;
  const told = errors.some((error) => error.detail === detail);
  return [
    `${paint('error:', 'red', colour)} ${plain(title)} (${plain(code)})`,
    ...(detail === undefined || told ? [] : [`  ${plain(detail)}`]),
    ...errors.map(({ pointer, detail: what }) => `  at ${plain(pointer) || 'the top'}: ${plain(what)}`),
    `  ${paint('hint:', 'bold', colour)} ${plain(hint)}`,
    ...(requestId === undefined ? [] : [`  request ${plain(requestId)}`]),
    '',
  ].join('\n');
}
