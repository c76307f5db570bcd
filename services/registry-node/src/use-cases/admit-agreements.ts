/** Admission: a usage agreement is checked word by word, and by both signatures, before this node keeps it. */
import { trustOf, verifyAgreement } from '@revier/connector-sdk';
import { admitAgreement } from '@revier/core';
import { AppError, type GeneralJws, type ProblemError } from '@revier/schema';
import type { Agreements, HeldDataset, Self, StoredAgreement } from '../ports.ts';

interface AdmissionDeps {
  readonly self: Self;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly agreements: Pick<Agreements, 'replaceAll'>;
}

/**
 * From now on these agreements are in force and no other; one that is broken refuses them all, so that nobody believes it in force.
 * @throws AppError POLICY_INVALID; pointers begin with the place of the agreement, `/0/permission/1`
 */
export async function admitAgreements(
  signed: readonly GeneralJws[],
  deps: AdmissionDeps,
): Promise<readonly StoredAgreement[]> {
  const admitted: StoredAgreement[] = [];
  for (const [at, jws] of signed.entries()) admitted.push(await admit(jws, at, deps));
  await deps.agreements.replaceAll(admitted);
  return admitted;
}

async function admit(signed: GeneralJws, at: number, { self, datasets }: AdmissionDeps): Promise<StoredAgreement> {
  try {
    // Without a timestamp, which may not be there yet at a start: every task asks for it.
    const { agreement, hash } = await verifyAgreement(signed, trustOf(self.trust.list, self.now), new Date(self.now()));
    admitAgreement(agreement);
    if (agreement.assigner !== self.participant) throw fault('/assigner', 'The agreement is another holder’s.');
    if (!datasets.has(agreement.target)) throw fault('/target', 'This node does not hold the dataset.');
    return { hash, agreement, signed };
  } catch (error) {
    throw error instanceof AppError ? placed(error, at) : error;
  }
}

const fault = (pointer: string, detail: string): AppError => AppError.at('POLICY_INVALID', pointer, detail);

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
