/** What can go wrong on the way: the other side says no, or there is no sensible other side. */
import { isProblemCode, type Problem, type ProblemCode } from '@revier/schema';

/** The other side has answered with RFC 9457 problem details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  /** Seconds, from `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Undefined for a code that only a newer service knows. */
  get code(): ProblemCode | undefined {
    return isProblemCode(this.problem.code) ? this.problem.code : undefined;
  }

  get status(): number {
    return this.problem.status;
  }
}

export type ConnectionFault = 'unreachable' | 'timeout' | 'unexpected-answer';

/** Nobody has answered, or not in the words of this interface (a proxy, say). */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly fault: ConnectionFault;

  constructor(fault: ConnectionFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.fault = fault;
  }
}
