/** Looking after agreements: what has ended is stated so, what was revoked before a restore too, and what falls due is said in time. */

import { isLive, isOver } from '@revier/core';
import { AppError } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Accounts, AgreementStanding } from '../policy-ports.ts';
import { endOf } from '../rooms/agreement-terms.ts';
import { signStatus } from '../rooms/status-statement.ts';
import { type StatingDeps, stateStatus } from './state-status.ts';
import { type ViewDeps, viewAgreements } from './view-agreements.ts';

export interface KeepDeps extends StatingDeps, ViewDeps {
  readonly accounts: ViewDeps['accounts'] & Pick<Accounts, 'remind'>;
  readonly agreements: StatingDeps['agreements'];
}

export interface AgreementKeeping {
  /** A look now, beside those that come by themselves. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const EVERY_MS = 60_000;
const DAY = 86_400_000;
/** Days before the end at which it is said. */
const AHEAD = [60, 14, 1];

export function keepAgreements(deps: KeepDeps, logger: Logger): AgreementKeeping {
  let running: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    running = running
      .then(() => lookOnce(deps, logger))
      .catch((error: unknown) => logger.warn({ err: error }, 'agreements could not be looked after'));
    return running;
  };
  void look();
  const timer = setInterval(look, EVERY_MS).unref();
  return {
    look,
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

async function lookOnce(deps: KeepDeps, logger: Logger): Promise<void> {
  for (const standing of await deps.agreements.list()) {
    await stateRevoked(standing, deps);
    await stateExpired(standing, deps);
  }
  for (const { key, ...about } of await remindersOf(deps)) {
    // Remembered in the records: a restart is no reason to say it again.
    if (await deps.accounts.remind(key)) logger.warn(about, 'an agreement needs attention');
  }
}

async function stateExpired({ stored, life }: AgreementStanding, deps: KeepDeps): Promise<void> {
  const end = endOf(stored.agreement);
  if (end === null || deps.self.now() < end || !isLive(life)) return;
  await stateStatus(stored.hash, 'EXPIRED', { reason: 'The time of the agreement is over.' }, deps).catch(
    (error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'STATUS_NOT_POSSIBLE') throw error;
    },
  );
}

/** The list of deletions tells what the restored statements have forgotten. */
async function stateRevoked({ stored: { hash }, life }: AgreementStanding, deps: KeepDeps): Promise<void> {
  if (life.status !== 'REVOKED') return;
  const last = (await deps.agreements.statuses(hash)).at(-1)?.statement.status;
  if (last === undefined || isOver(last)) return;
  const reason = 'It was over before the node was restored from a backup.';
  const signed = await signStatus({ agreement: hash, seq: life.seq + 1, status: 'REVOKED', reason }, deps.self);
  const facts = { agreement: hash, seq: life.seq + 1, status: 'REVOKED', reason, cause: null };
  const audit = { decision: 'agreement-status', codes: [], facts, person: null } as const;
  if (await deps.agreements.state({ ...signed, cause: null, audit })) deps.changed(hash);
}

export interface Reminder {
  readonly key: string;
  readonly agreement: string;
  readonly what: 'ends' | 'duty-owed' | 'duty-overdue';
  readonly duty?: string;
  readonly when: string | null;
}

/** 60, 14 and 1 days before the end, and when a duty is owed or overdue. */
export async function remindersOf(deps: ViewDeps): Promise<Reminder[]> {
  const now = deps.self.now();
  return (await viewAgreements(deps)).flatMap(({ hash: agreement, status, ends, duties }) => {
    const ahead = status === 'ACTIVE' && ends !== null ? (Date.parse(ends) - now) / DAY : -1;
    const days = AHEAD.filter((one) => ahead > 0 && ahead <= one).at(-1);
    const ending: Reminder[] =
      days === undefined ? [] : [{ key: `${agreement} ends ${days}`, agreement, what: 'ends', when: ends }];
    const owed = duties.flatMap(({ duty, state, due }): Reminder[] => {
      if (state !== 'owed' && state !== 'overdue') return [];
      const soon = state === 'overdue' || (due !== null && Date.parse(due) - now <= 60 * DAY);
      const what = state === 'overdue' ? 'duty-overdue' : 'duty-owed';
      return soon ? [{ key: `${agreement} ${duty} ${what}`, agreement, what, duty, when: due }] : [];
    });
    return [...ending, ...owed];
  });
}
