/** One agreement as a processing activity: what for, on which ground, which data, for whom, for how long, how protected. Pure. */
import { renderPolicy } from '@revier/core';
import { type Agreement, legalBases, type ProcessingActivity, purposes, type Text } from '@revier/schema';
import type { AgreementStanding } from '../policy-ports.ts';
import { endOf } from '../rooms/agreement-terms.ts';

export type Described = Omit<ProcessingActivity, 'questions' | 'recipient'>;

export function describeActivity({ stored, life }: AgreementStanding): Described {
  const { agreement, hash, activatedAt } = stored;
  const end = endOf(agreement);
  const sentences = renderPolicy(agreement);
  const among = (...parts: readonly string[]): Text[] =>
    sentences
      .filter(({ pointer }) => parts.some((part) => `${pointer}/`.includes(part)))
      .map(({ de, en }) => ({ de: withoutDash(de), en: withoutDash(en) }));
  return {
    ...{ agreement: hash, register: agreement['rv:register'], dataset: agreement.target, status: life.status },
    since: new Date(activatedAt).toISOString(),
    until: end === null ? null : new Date(end).toISOString(),
    purposes: purposesOf(agreement),
    legalBasis: legalBasisOf(agreement),
    subjects: subjectsOf(agreement),
    data: variablesOf(agreement),
    retention: among('/duty/'),
    safeguards: among('/constraint/', '/prohibition/'),
  };
}

const withoutDash = (sentence: string): string => sentence.replace(/^– /, '');
const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

function purposesOf({ permission }: Agreement): Described['purposes'] {
  const codes = permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:purpose' ? [one.rightOperand] : [])),
  );
  const titleOf = (code: string): Text => purposes.find((one) => one.code === code)?.title ?? { de: code, en: code };
  return unique(codes).map((code) => ({ code, title: titleOf(code) }));
}

/** The norm of the holder's own assessment counts; without one, what both sides have named. */
function legalBasisOf(agreement: Agreement): Described['legalBasis'] {
  const basis = agreement['rv:legalBasis'];
  const assessment = agreement['rv:legalAssessment'] ?? null;
  const norm = assessment?.norm ?? basis;
  return { basis, title: legalBases.find(({ code }) => code === norm)?.title ?? null, assessment };
}

function subjectsOf({ target, 'rv:lattice': tables }: Agreement): Text {
  const models = unique(tables.map(({ model }) => model)).join(', ');
  return {
    de: `Personen im Datensatz ${target}, nach dem Datenmodell ${models}`,
    en: `Persons in the dataset ${target}, by the data model ${models}`,
  };
}

const variablesOf = ({ 'rv:lattice': tables }: Agreement): string[] =>
  unique(
    tables.flatMap(({ by, measures }) =>
      [...by, ...measures.flatMap(({ where }) => where)].map(({ variable }) => variable),
    ),
  );
