/** What is wrong with a token, in words that tell an honest client what to mend and nobody anything else. */
import { AppError } from '@revier/schema';
import * as oauth from 'oauth4webapi';

const claimFaults: Readonly<Record<string, string>> = {
  exp: 'The access token has expired.',
  nbf: 'The access token is not valid yet.',
  iss: 'The access token comes from another issuer.',
  aud: 'The access token is meant for somebody else.',
  iat: 'The proof was made at another time: check the clock.',
  htm: 'The proof is for another method.',
  htu: 'The proof is for another address.',
  ath: 'The proof is for another access token.',
  'cnf.jkt': 'The access token is bound to another key than the proof is signed with.',
};

const GENERAL = 'The access token, or its proof, is not what this broker takes.';

/** The provider being away is not the caller's fault. */
export function faultOf(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const details = cause instanceof Error ? cause.cause : undefined;
  if (isAway(cause)) return new AppError('LOGIN_UNAVAILABLE', { cause });
  const claim = typeof details === 'object' && details !== null && 'claim' in details ? String(details.claim) : '';
  return new AppError('TOKEN_INVALID', { detail: claimFaults[claim] ?? GENERAL, cause });
}

/** Failures of the network, and answers of the provider that are none. */
const isAway = (cause: unknown): boolean =>
  cause instanceof Error &&
  (cause.message === 'fetch failed' ||
    cause.name === 'TimeoutError' ||
    (cause instanceof oauth.OperationProcessingError && cause.code === oauth.RESPONSE_IS_NOT_CONFORM));

/** `realm_access.roles`: own properties only, step by step. */
export const claimAt = (claims: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inside, name) => {
    if (typeof inside !== 'object' || inside === null) return undefined;
    return Object.getOwnPropertyDescriptor(inside, name)?.value;
  }, claims);
