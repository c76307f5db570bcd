/** Log-ins: what a caller shows, the provider that knows it, and the proofs that are used up. */
import type { Login } from './access/principal.ts';

/** What a caller shows of a log-in, unverified. */
export interface PresentedToken {
  readonly method: string;
  /** As requested, with its query. */
  readonly path: string;
  readonly authorization: string;
  /** The header `DPoP`. */
  readonly proof: string | undefined;
  /** Whether it comes by way of a proxy. */
  readonly forwarded: boolean;
}

export interface UsedProof {
  readonly name: string;
  /** When it is too old to be shown again. */
  readonly until: number;
}

export interface ProvedLogin extends Login {
  readonly proof: UsedProof | undefined;
}

/** The provider where people log in. @throws AppError TOKEN_INVALID, LOGIN_UNAVAILABLE */
export interface LogIns {
  open(presented: PresentedToken): Promise<ProvedLogin>;
}

export interface ProofStore {
  /** False when it was used before. */
  use(proof: UsedProof): Promise<boolean>;
  /** Forgets what is too old. */
  prune(now: number): Promise<void>;
}
