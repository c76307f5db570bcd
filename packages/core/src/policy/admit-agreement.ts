/** Admission: what must hold of a usage agreement before anybody evaluates it; checked when it is stored and again at every decision. */
import { Agreement, AppError, type ProblemError } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import { isKnownPurpose, purposeSchemeHash } from './purpose.ts';

/** @throws AppError POLICY_INVALID with a pointer for each fault: unknown term, operator or profile, wrong type, no permission, foreign purpose tree, tables that are not in the lattice */
export function admitAgreement(document: unknown): Agreement {
  const parsed = Agreement.safeParse(document);
  if (!parsed.success)
    throw new AppError('POLICY_INVALID', {
      errors: parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message })),
    });
  const faults = [...versionFaults(parsed.data), ...ruleFaults(parsed.data)];
  if (faults.length > 0) throw new AppError('POLICY_INVALID', { errors: faults });
  return parsed.data;
}

function versionFaults(agreement: Agreement): ProblemError[] {
  const faults: ProblemError[] = [];
  if (agreement.permission.length === 0)
    faults.push({ pointer: '/permission', detail: 'A policy without a permission permits nothing.' });
  if (agreement['rv:purposeScheme'] !== purposeSchemeHash)
    faults.push({ pointer: '/rv:purposeScheme', detail: 'The purpose tree is another version.' });
  const ids = [...agreement.permission, ...agreement.prohibition].map((rule) => rule['@id']);
  if (new Set(ids).size < ids.length) faults.push({ pointer: '/permission', detail: 'Two rules have one @id.' });
  return faults;
}

function ruleFaults(agreement: Agreement): ProblemError[] {
  const lattice = new Set(agreement['rv:lattice'].map(contentHash));
  return (['permission', 'prohibition'] as const).flatMap((kind) =>
    agreement[kind].flatMap((rule, ruleAt) =>
      rule.constraint.flatMap((constraint, at): ProblemError[] => {
        const pointer = `/${kind}/${ruleAt}/constraint/${at}/rightOperand`;
        if (constraint.leftOperand === 'rv:purpose' && !isKnownPurpose(constraint.rightOperand))
          return [{ pointer, detail: 'The purpose is not in the pinned tree, or is prohibited.' }];
        if (constraint.leftOperand === 'rv:tables' && constraint.rightOperand.some((hash) => !lattice.has(hash)))
          return [{ pointer, detail: 'A table is named that does not stand in rv:lattice.' }];
        return [];
      }),
    ),
  );
}
