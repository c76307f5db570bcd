/** The life of an agreement after it was finalized: numbered statements; the highest number wins, and what is over stays over. */
import type { AgreementStatus, Sha256, StatusStatement } from '@revier/schema';

const terminal: readonly AgreementStatus[] = ['SUPERSEDED', 'EXPIRED', 'REVOKED', 'COMPLETED'];

export const isOver = (status: AgreementStatus): boolean => terminal.includes(status);

/** It has begun, and is not over: in force, or suspended. */
export const isLive = ({ status }: Pick<AgreementLife, 'status'>): boolean => status !== null && !isOver(status);

/** Which status may be stated after which; null: nothing was stated yet. */
const following: Readonly<Record<AgreementStatus, readonly AgreementStatus[]>> = {
  ACTIVE: ['SUSPENDED', 'SUPERSEDED', 'EXPIRED', 'REVOKED', 'COMPLETED'],
  SUSPENDED: ['ACTIVE', 'SUPERSEDED', 'EXPIRED', 'REVOKED', 'COMPLETED'],
  SUPERSEDED: [],
  EXPIRED: [],
  REVOKED: [],
  COMPLETED: [],
};

export const mayFollow = (current: AgreementStatus | null, next: AgreementStatus): boolean =>
  current === null ? next === 'ACTIVE' : following[current].includes(next);

export interface AgreementLife {
  readonly status: AgreementStatus | null;
  /** Of the statement that decides; 0 before any. */
  readonly seq: number;
  /** The next version takes something away: what is under way ends too. */
  readonly tightened: boolean;
}

/** What decides in a statement. */
export type Stated = Pick<StatusStatement, 'agreement' | 'seq' | 'status' | 'successor'>;

const unstated: AgreementLife = { status: null, seq: 0, tightened: false };

/** Of two statements with one number the more restrictive one is believed: nobody gains by saying two things at once. */
const severity: readonly AgreementStatus[] = ['ACTIVE', 'SUSPENDED', 'SUPERSEDED', 'COMPLETED', 'EXPIRED', 'REVOKED'];
const severityOf = ({ status, successor }: Stated): number =>
  severity.indexOf(status) + (successor?.tightening === true ? 0.5 : 0);

/** Whatever order the statements come in; those about other agreements are not heard. Signatures were verified before. */
export function lifeOf(agreement: Sha256, statements: readonly Stated[]): AgreementLife {
  const own = statements
    .filter((statement) => statement.agreement === agreement)
    .sort((a, b) => a.seq - b.seq || severityOf(b) - severityOf(a));
  return own.reduce<AgreementLife>((life, { status, seq, successor }) => {
    const isSettled = (life.status !== null && isOver(life.status)) || seq === life.seq;
    return isSettled ? life : { status, seq, tightened: successor?.tightening === true };
  }, unstated);
}
