/** The way out of every room: a refusal with reasons that follow from public facts, thrown where it arises and signed at one place. */
import { AppError, type Reason, RefusalCode } from '@revier/schema';
import type { DecisionBasis } from './decision-basis.ts';

/** An expected end of a task. Its reasons travel, so they name neither data nor persons. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reasons: readonly Reason[];
  /** What the evaluator was given, if it was the evaluator that refused. */
  readonly basis: DecisionBasis | null;

  constructor(reasons: readonly Reason[], cause?: unknown, basis: DecisionBasis | null = null) {
    super(reasons.map(({ code }) => code).join(', '), cause === undefined ? {} : { cause });
    this.reasons = reasons;
    this.basis = basis;
  }

  static because(code: RefusalCode, pointer: string, hint: string, cause?: unknown): Refusal {
    return new Refusal([{ code, pointer, hint }], cause);
  }
}

export const STOPPED = { code: 'STOPPED', pointer: '', hint: 'The holder has stopped its node.' } as const;

const hints: Partial<Record<RefusalCode, string>> = {
  SIGNATURE_INVALID: 'A signature does not verify, or the signed bytes are not canonical.',
  WRONG_AUDIENCE: 'The message is meant for somebody else.',
  WRONG_REALM: 'Test and production never mix.',
  EXPIRED: 'The message has expired or is not valid yet; two minutes of difference between clocks are tolerated.',
  CREDENTIAL_INVALID:
    'The credential is not in force, names another person or register, or is of nobody in the trust list.',
};

/**
 * Runs a step whose failures are refusals. An error of ours that has a refusal code of its own keeps it, any other gets `fallback`;
 * what is no AppError (no connection, a fault of ours) or will pass (a stale trust list) passes untouched, and is no refusal.
 */
export async function refusing<T>(fallback: RefusalCode, pointer: string, step: () => Promise<T> | T): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'INTERNAL' || error.code === 'TRUST_STALE') throw error;
    const own = RefusalCode.safeParse(error.code);
    const code = own.success ? own.data : fallback;
    const at = error.options.errors?.[0];
    const hint = hints[code] ?? at?.detail ?? error.options.detail ?? '';
    throw Refusal.because(code, `${pointer}${at?.pointer ?? ''}`.slice(0, 300), hint.slice(0, 500), error);
  }
}

export const sealed = (): Refusal =>
  Refusal.because(
    'EPOCH_SEALED',
    '',
    'The holder’s node was restored from a backup; new answers come with the next data epoch.',
  );
