/** Admission: what must hold of a usage agreement before anybody evaluates it; checked when it is stored and again at every decision. */
import { Agreement, AppError, barredActions, PolicyOffer, type ProblemError, type Sha256 } from '@revier/schema';
import type { z } from 'zod';
import { contentHash } from '../query/canonical.ts';
import { duplicateKey, escaped } from './duplicate-keys.ts';
import { operandKinds } from './operands.ts';
import { isKnownPurpose, purposeSchemeHash } from './purpose.ts';

export interface OpenedAgreement {
  readonly agreement: Agreement;
  readonly hash: Sha256;
}

/** What was admitted is frozen, so it need not be checked again: a decision under it takes microseconds. */
const admitted = new WeakMap<object, Sha256>();

/**
 * Takes a parsed document or its JSON text.
 * @throws AppError POLICY_INVALID with a pointer for each fault: unknown term, operator or profile, wrong type, no rule, duplicate key,
 * foreign purpose tree, tables that are not in the lattice, a barred action, a prohibition that no request could be judged by
 */
export const admitAgreement = (document: unknown): Agreement => openAgreement(document).agreement;

export function openAgreement(document: unknown): OpenedAgreement {
  const known = typeof document === 'object' && document !== null ? admitted.get(document) : undefined;
  if (known !== undefined) return { agreement: admittedAs(document), hash: known };
  const agreement = freeze(check(Agreement, typeof document === 'string' ? parsed(document) : document));
  const hash = contentHash(agreement);
  admitted.set(agreement, hash);
  return { agreement, hash };
}

/** The same for what is only proposed. @throws AppError POLICY_INVALID */
export const admitOffer = (document: unknown): PolicyOffer =>
  check(PolicyOffer, typeof document === 'string' ? parsed(document) : document);

// A key of `admitted` is what `openAgreement` itself has parsed and frozen.
const admittedAs = (document: unknown): Agreement => document as Agreement;

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const twice = duplicateKey(text);
    if (twice !== null) throw AppError.at('POLICY_INVALID', twice, 'A key stands there twice.');
    return value;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('POLICY_INVALID', { errors: [{ pointer: '', detail: 'This is not JSON.' }], cause });
  }
}

function check<S extends z.ZodType<Policy>>(schema: S, document: unknown): z.output<S> {
  const result = schema.safeParse(document);
  if (!result.success) throw new AppError('POLICY_INVALID', { errors: issuesOf(result.error) });
  const policy: Policy = result.data;
  const faults = [...policyFaults(policy), ...actionFaults(policy), ...constraintFaults(policy)];
  if (faults.length > 0) throw new AppError('POLICY_INVALID', { errors: faults.slice(0, 50) });
  return result.data;
}

/** Unknown keys first, each named itself: they say what the document is, and the pointer leads to them. */
const issuesOf = (error: z.ZodError): ProblemError[] =>
  [...error.issues]
    .sort((a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'))
    .flatMap((issue) => {
      const path = issue.path.map(String);
      const places = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
      return places.map((place) => ({
        pointer: place
          .map((part) => `/${escaped(part)}`)
          .join('')
          .slice(0, 500),
        detail: issue.message.slice(0, 500),
      }));
    })
    .slice(0, 50);

type Policy = Agreement | PolicyOffer;
const kinds = ['permission', 'prohibition'] as const;

function policyFaults(policy: Policy): ProblemError[] {
  const faults: ProblemError[] = [];
  if (policy['rv:purposeScheme'] !== purposeSchemeHash)
    faults.push({ pointer: '/rv:purposeScheme', detail: 'The purpose tree is another version.' });
  if (policy['@type'] === 'Agreement' && policy.assigner === policy.assignee)
    faults.push({ pointer: '/assignee', detail: 'Nobody makes an agreement with themselves.' });
  if ((policy['rv:version'] === 1) !== (policy['rv:replaces'] === undefined))
    faults.push({ pointer: '/rv:replaces', detail: 'Every version but the first names the one that it replaces.' });
  const members = policy['rv:coMembers'] ?? [policy.assigner];
  if (!members.includes(policy.assigner) || new Set(members).size < members.length)
    faults.push({
      pointer: '/rv:coMembers',
      detail: 'The holder stands among those that answer together, and everybody once.',
    });
  const duties = policy.permission.flatMap(({ duty = [] }) => duty);
  const ids = [...policy.permission, ...policy.prohibition, ...duties].map((rule) => rule['@id']);
  if (new Set(ids).size < ids.length) faults.push({ pointer: '/permission', detail: 'Two rules have one @id.' });
  return faults;
}

const actionFaults = ({ permission }: Policy): ProblemError[] =>
  permission.flatMap(({ action }, at) =>
    barredActions.includes(action)
      ? [{ pointer: `/permission/${at}/action`, detail: 'This action is never permitted.' }]
      : [],
  );

function constraintFaults(policy: Policy): ProblemError[] {
  const lattice = new Set(policy['rv:lattice'].map(contentHash));
  return kinds.flatMap((kind) =>
    policy[kind].flatMap((rule, ruleAt) =>
      rule.constraint.flatMap((constraint, at): ProblemError[] => {
        const pointer = `/${kind}/${ruleAt}/constraint/${at}`;
        const { leftOperand, operator, rightOperand } = constraint;
        if (leftOperand === 'rv:purpose' && !isKnownPurpose(rightOperand))
          return [
            { pointer: `${pointer}/rightOperand`, detail: 'The purpose is not in the pinned tree, or is prohibited.' },
          ];
        if (leftOperand === 'rv:tables' && rightOperand.some((hash) => !lattice.has(hash)))
          return [
            { pointer: `${pointer}/rightOperand`, detail: 'A table is named that does not stand in rv:lattice.' },
          ];
        if (kind === 'prohibition' && !operandKinds[leftOperand].inProhibition)
          return [{ pointer: `${pointer}/leftOperand`, detail: 'A prohibition cannot rest on this operand.' }];
        if (isSet(leftOperand) && operator !== (kind === 'permission' ? 'isPartOf' : 'isAnyOf'))
          return [{ pointer: `${pointer}/operator`, detail: 'Permissions take isPartOf here, prohibitions isAnyOf.' }];
        return [];
      }),
    ),
  );
}

const isSet = (operand: string): boolean =>
  ['rv:measure', 'rv:groupVariable', 'rv:filterVariable', 'rv:tables'].includes(operand);
