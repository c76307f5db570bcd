/** Agreements given as files: those not known yet are concluded, with nobody's approval here; a file that is gone ends nothing. */
import { AppError, type GeneralJws, type ProblemError } from '@revier/schema';
import { z } from 'zod';
import { type AgreementDeps, concludeAgreement } from './conclude-agreement.ts';

/**
 * One that is broken refuses them all, so that nobody believes it in force.
 * @throws AppError POLICY_INVALID; pointers begin with the place of the agreement, `/0/permission/1`
 */
export async function importAgreements(signed: readonly GeneralJws[], deps: AgreementDeps): Promise<void> {
  for (const { jws, at } of byVersion(signed)) {
    try {
      await concludeAgreement(jws, { author: null, approvals: [] }, deps);
    } catch (error) {
      throw error instanceof AppError ? placed(error, at) : error;
    }
  }
}

/** A version before the one that replaces it. What is no agreement comes first, and is refused. */
const byVersion = (signed: readonly GeneralJws[]) =>
  signed.map((jws, at) => ({ jws, at, version: versionIn(jws) })).sort((a, b) => a.version - b.version || a.at - b.at);

const Versioned = z.object({ 'rv:version': z.int() });

/** As claimed: it only says in which order to look. */
function versionIn({ payload }: GeneralJws): number {
  try {
    return Versioned.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))['rv:version'];
  } catch {
    return 0;
  }
}

/** The same fault, told with the place of the agreement. */
function placed(error: AppError, at: number): AppError {
  const detail = error.options.detail ?? error.message;
  const errors: ProblemError[] = (error.options.errors ?? [{ pointer: '', detail }]).map((one) => ({
    pointer: `/${at}${one.pointer}`.slice(0, 500),
    detail: one.detail,
  }));
  const places = errors.map(({ pointer }) => pointer).join(', ');
  return new AppError('POLICY_INVALID', {
    detail: `The usage agreement is refused (${error.code}) at ${places}.`.slice(0, 1000),
    errors,
    cause: error,
  });
}
