/** The resource server's side of OpenID: access tokens (RFC 9068) of one provider, bound to a key (RFC 9449). */
import { unverified } from '@revier/core';
import { AppError, KeyId, ParticipantId, PersonRole } from '@revier/schema';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { LogIns, PresentedToken, ProvedLogin } from '../log-in-ports.ts';
import type { People } from '../people.ts';
import { claimAt, faultOf } from './token-faults.ts';

export interface ProviderOptions {
  readonly people: People;
  readonly audience: string;
  /** Asked at each request: the port may be known later than we are. */
  readonly publicUrl: () => string;
  readonly production: boolean;
  readonly now: () => number;
}

/** Closed: no algorithm with a shared secret, and no `none`. */
const ALGORITHMS = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA', 'Ed25519'];
/** Characters of a token or proof. */
const LONGEST = 8 * 1024;
/** Seconds that the clock of a proof may differ. */
const PROOF_WINDOW = 120;
/** Metadata that could not be read are asked for again after so long. */
const RETRY_MS = 5_000;
const TIMEOUT_MS = 5_000;

const Proof = z.looseObject({ jti: z.string().min(8).max(200), iat: z.number() });
const Roles = z.union([
  z.array(z.string().max(200)).max(200),
  z
    .string()
    .max(200)
    .transform((one) => [one]),
]);

export function identityProvider(options: ProviderOptions): LogIns {
  const { people, audience, now } = options;
  const server = metadataOf(options);
  return {
    async open(presented) {
      assertSize(presented);
      const as = await server();
      const plain = people.plainBearer && !presented.forwarded;
      const claims = await oauth
        .validateJwtAccessToken(as, requestOf(presented, options.publicUrl()), audience, {
          requireDPoP: !plain,
          signingAlgorithms: ALGORITHMS,
          [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000),
          [oauth.allowInsecureRequests]: people.issuer.startsWith('http:'),
          signal: () => AbortSignal.timeout(TIMEOUT_MS),
        })
        .catch((cause: unknown) => {
          throw faultOf(cause);
        });
      return {
        issuer: claims.iss,
        subject: claims.sub,
        roles: rolesOf(claims, people),
        organisation: ParticipantId.safeParse(claimAt(claims, people.organisationClaim)).data,
        ...provedOf(claims, presented.proof, now()),
      };
    },
  };
}

function assertSize({ authorization, proof = '' }: PresentedToken): void {
  if (authorization.length > LONGEST || proof.length > LONGEST)
    throw new AppError('TOKEN_INVALID', { detail: 'The token or its proof is longer than any honest one.' });
}

const requestOf = ({ method, path, authorization, proof }: PresentedToken, publicUrl: string): Request =>
  new Request(`${publicUrl.replace(/\/+$/, '')}${path}`, {
    method,
    headers: { authorization, ...(proof === undefined ? {} : { dpop: proof }) },
  });

/** Only what the library has just verified is looked at; it leaves the window and the `jti` of the proof to us. */
function provedOf(
  { cnf }: oauth.JWTAccessTokenClaims,
  proof: string | undefined,
  now: number,
): Pick<ProvedLogin, 'key' | 'proof'> {
  if (cnf?.jkt === undefined || proof === undefined) return { key: undefined, proof: undefined };
  const said = Proof.safeParse(unverified(proof));
  if (!said.success) throw new AppError('TOKEN_INVALID', { detail: 'The proof has no `jti` of 8 to 200 characters.' });
  const age = now / 1000 - said.data.iat;
  if (Math.abs(age) > PROOF_WINDOW)
    throw new AppError('TOKEN_INVALID', {
      detail: 'The proof was made at another time: check the clock, two minutes of difference are tolerated.',
    });
  const key = KeyId.parse(cnf.jkt);
  return { key, proof: { name: `${key} ${said.data.jti}`, until: (said.data.iat + PROOF_WINDOW + 1) * 1000 } };
}

/** What the provider calls a role may be anything; only our own names, or those that the operator has matched, count. */
function rolesOf(claims: oauth.JWTAccessTokenClaims, { rolesClaim, roleNames }: People): PersonRole[] {
  const said = Roles.safeParse(claimAt(claims, rolesClaim)).data ?? [];
  const meant = said.map((name) =>
    roleNames === undefined ? name : Object.hasOwn(roleNames, name) ? roleNames[name] : undefined,
  );
  return PersonRole.options.filter((role) => meant.includes(role));
}

/** Read at the first log-in, not at the start: asking questions must not depend on the provider. */
function metadataOf({ people, production, now }: ProviderOptions): () => Promise<oauth.AuthorizationServer> {
  const issuer = new URL(people.issuer);
  const read = async (): Promise<oauth.AuthorizationServer> => {
    const response = await oauth.discoveryRequest(issuer, {
      [oauth.allowInsecureRequests]: people.issuer.startsWith('http:'),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const metadata = await oauth.processDiscoveryResponse(issuer, response);
    if (production && 'revier_demo_provider' in metadata) throw new Error('A demo provider in the realm production.');
    return metadata;
  };
  let kept: { readonly metadata: Promise<oauth.AuthorizationServer>; readonly at: number; failed: boolean } | undefined;
  return () => {
    if (kept === undefined || (kept.failed && now() - kept.at > RETRY_MS)) {
      const fresh = { metadata: read(), at: now(), failed: false };
      fresh.metadata.catch(() => {
        fresh.failed = true;
      });
      kept = fresh;
    }
    return kept.metadata.catch((cause: unknown) => {
      throw new AppError('LOGIN_UNAVAILABLE', { cause });
    });
  };
}
