/** What a signed message says of itself: enough to choose a way, or to read again what has verified before; no ground to believe it. */

/** A compact JWS or JWT, or one with its payload apart. */
export type Signed = string | { readonly payload: string };

/** Its payload as text. */
export const unverifiedText = (signed: Signed): string =>
  Buffer.from(typeof signed === 'string' ? (signed.split('.')[1] ?? '') : signed.payload, 'base64url').toString('utf8');

/** Its payload as JSON; put a schema behind it. @throws SyntaxError */
export const unverified = (signed: Signed): unknown => JSON.parse(unverifiedText(signed));
