/** A person's headers: the access token of their log-in, the proof that its key is theirs, and the credential for that key. */
import { type CompactJws, CREDENTIAL_HEADER } from '@revier/schema';
import { type ProofKeys, proofOf } from '../signatures/proof.ts';
import type { Authorize } from './inner.ts';

export interface AuthorizePerson {
  /** A token that is in force, bound to `keys`. */
  readonly accessToken: () => Promise<string>;
  readonly keys: ProofKeys;
  /** Left out by people without one, such as operators. */
  readonly credential?: CompactJws | undefined;
  readonly clock: () => Date;
}

export const authorizePerson =
  ({ accessToken, keys, credential, clock }: AuthorizePerson): Authorize =>
  async ({ method, url }) => {
    const token = await accessToken();
    return {
      authorization: `DPoP ${token}`,
      dpop: await proofOf(keys, { method, url, accessToken: token, now: clock() }),
      ...(credential === undefined ? {} : { [CREDENTIAL_HEADER.toLowerCase()]: credential }),
    };
  };
