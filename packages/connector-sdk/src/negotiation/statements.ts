/** What else participants write to each other about registers: applications, closures, reports of duties, and the status of agreements. */
import { contentHash } from '@revier/core';
import {
  AppError,
  Application,
  Closure,
  type CompactJws,
  DutyReport,
  type ParticipantId,
  type ParticipantRole,
  type Realm,
  type Sha256,
  type SignatureKind,
  StatusStatement,
} from '@revier/schema';
import type { z } from 'zod';
import { type ClockOptions, DEFAULT_SKEW } from '../signatures/clock.ts';
import { assertFits } from '../signatures/fits.ts';
import type { Signer } from '../signatures/keys.ts';
import { assertTrustInForce, resolver, type Trust } from '../signatures/trust.ts';
import { openCompact } from '../signatures/verify.ts';

export interface VerifyStatementOptions extends ClockOptions {
  readonly trust: Trust;
  readonly realm: Realm;
}

export interface VerifiedApplication {
  readonly application: Application;
  /** What a later version and a closure name. */
  readonly hash: Sha256;
  readonly jws: CompactJws;
}

/** @throws AppError INVALID_REQUEST */
export const signApplication = async (application: Application, signer: Signer): Promise<CompactJws> =>
  signer.sign('revier-application+jws', assertFits(Application, application));

export const signClosure = async (closure: Closure, signer: Signer): Promise<CompactJws> =>
  signer.sign('revier-closure+jws', assertFits(Closure, closure));

export const signDutyReport = async (report: DutyReport, signer: Signer): Promise<CompactJws> =>
  signer.sign('revier-duty+jws', assertFits(DutyReport, report));

export const signStatus = async (statement: StatusStatement, signer: Signer): Promise<CompactJws> =>
  signer.sign('revier-status+jws', assertFits(StatusStatement, statement));

/** @throws AppError as `openCompact`; KEY_UNKNOWN for others than data users, FORBIDDEN for another's name, WRONG_REALM, EXPIRED */
export async function verifyApplication(
  jws: CompactJws,
  options: VerifyStatementOptions,
): Promise<VerifiedApplication> {
  const application = await verified(jws, 'revier-application+jws', Application, 'data-user', options, {
    author: ({ dataUser }) => dataUser,
    at: ({ submitted }) => submitted,
  });
  return { application, hash: contentHash(application), jws };
}

/** @throws AppError as `verifyApplication` */
export const verifyClosure = (jws: CompactJws, options: VerifyStatementOptions): Promise<Closure> =>
  verified(jws, 'revier-closure+jws', Closure, 'data-user', options, {
    author: ({ dataUser }) => dataUser,
    at: ({ at }) => at,
  });

/** @throws AppError as `verifyApplication` */
export const verifyDutyReport = (jws: CompactJws, options: VerifyStatementOptions): Promise<DutyReport> =>
  verified(jws, 'revier-duty+jws', DutyReport, 'data-user', options, {
    author: ({ by }) => by,
    at: ({ doneAt }) => doneAt,
  });

/** @throws AppError as `verifyApplication`, for a data holder */
export const verifyStatus = (jws: CompactJws, options: VerifyStatementOptions): Promise<StatusStatement> =>
  verified(jws, 'revier-status+jws', StatusStatement, 'data-holder', options, {
    author: ({ by }) => by,
    at: ({ at }) => at,
  });

interface Reading<T> {
  readonly author: (payload: T) => ParticipantId;
  readonly at: (payload: T) => string;
}

async function verified<T extends { readonly realm: Realm }>(
  jws: CompactJws,
  kind: SignatureKind,
  schema: z.ZodType<T>,
  role: ParticipantRole,
  options: VerifyStatementOptions,
  { author, at }: Reading<T>,
): Promise<T> {
  const { trust, realm, now, skewSeconds = DEFAULT_SKEW } = options;
  assertTrustInForce(trust, options);
  const { payload, kid } = await openCompact(jws, kind, schema, resolver(trust, { role }));
  if (trust.keyOf(kid)?.participant.id !== author(payload))
    throw new AppError('FORBIDDEN', { detail: 'It is not signed by the one that it names.' });
  if (payload.realm !== realm || trust.list.realm !== realm) throw new AppError('WRONG_REALM');
  if (!(Date.parse(at(payload)) <= now.getTime() + skewSeconds * 1000))
    throw new AppError('EXPIRED', { detail: 'It comes from the future.' });
  return payload;
}
