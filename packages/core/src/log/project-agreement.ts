/** What of an agreement stands in the public register: parties, term, legal basis, safeguards; read off its constraints. */
import { type Agreement, type Constraint, ProjectAgreement, purposes, RegisterId } from '@revier/schema';
import { z } from 'zod';
import { contentHash } from '../query/canonical.ts';

/** As it stands in the log: small, without the tables, and named by the hash of the whole agreement. */
export const PublicAgreement = z.object({
  ...ProjectAgreement.omit({ status: true, offered: true }).shape,
  register: RegisterId,
  dataUser: z.string(),
  purposes: z.array(z.string()),
  /** `@id` of each duty to publish. */
  publishing: z.array(z.string()),
});
export type PublicAgreement = z.infer<typeof PublicAgreement>;

export function publicAgreement(agreement: Agreement): PublicAgreement {
  const duties = agreement.permission.flatMap(({ duty = [] }) => duty);
  return {
    hash: contentHash(agreement),
    register: agreement['rv:register'],
    dataUser: agreement.assignee,
    purposes: unique(
      constraintsOf(agreement).flatMap((one) => (one.leftOperand === 'rv:purpose' ? [one.rightOperand] : [])),
    ),
    publishing: duties.flatMap((duty) => (duty.action === 'rv:publish' ? [duty['@id']] : [])),
    holder: agreement.assigner,
    dataset: agreement.target,
    version: agreement['rv:version'],
    since: agreement.timestamp,
    until: endOf(agreement),
    legalBasis: agreement['rv:legalBasis'],
    norm: agreement['rv:legalAssessment']?.norm ?? null,
    safeguards: {
      minCellSize: smallestCell(agreement),
      space: levelOf(agreement, 'rv:spatialResolution'),
      time: levelOf(agreement, 'rv:temporalResolution'),
      age: levelOf(agreement, 'rv:ageBand'),
      tables: agreement['rv:lattice'].length,
      duties: unique(duties.map(({ action }) => action)),
      prohibitions: unique(agreement.prohibition.map(({ action }) => action)),
    },
  };
}

const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

const constraintsOf = (agreement: Agreement): readonly Constraint[] =>
  agreement.permission.flatMap(({ constraint }) => constraint);

/** The last end of its permissions; null when one of them has none. */
function endOf({ permission }: Agreement): string | null {
  const ends = permission.map(({ constraint }) =>
    constraint
      .flatMap((one) => (one.leftOperand === 'odrl:dateTime' && one.operator === 'lt' ? [one.rightOperand] : []))
      .sort()
      .at(0),
  );
  return ends.some((end) => end === undefined) ? null : (ends.sort().at(-1) ?? null);
}

/** The least that any permission demands; null when one of them leaves it to the floor. */
function smallestCell({ permission }: Agreement): number | null {
  const each = permission.map(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:minCellSize' ? [Number(one.rightOperand)] : [])),
  );
  return each.some(({ length }) => length === 0) ? null : Math.min(...each.map((all) => Math.max(...all)));
}

type Grain = 'rv:spatialResolution' | 'rv:temporalResolution' | 'rv:ageBand';

/** All that stand there, when permissions differ. */
function levelOf(agreement: Agreement, operand: Grain): string | null {
  const levels = unique(
    constraintsOf(agreement).flatMap((one) => (one.leftOperand === operand ? [one.rightOperand] : [])),
  );
  return levels.length === 0 ? null : levels.join(', ').slice(0, 40);
}

/** With its place in the law. */
export const withBasis = (code: string) => ({
  code,
  basis: purposes.find((one) => one.code === code)?.basis ?? null,
});
