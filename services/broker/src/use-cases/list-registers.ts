/** Registers, as applications name them and the agreements of their holders make them. */
import type { VerifiedApplication } from '@revier/connector-sdk';
import type { Agreement, RegisterView, Text } from '@revier/schema';
import type { PublishedAgreement } from '../catalogue-ports.ts';
import type { NegotiationStanding } from '../letter-ports.ts';
import type { Broker } from '../ports.ts';
import type { AgreementStand } from '../status-ports.ts';
import { signerIn } from './signer-in.ts';
import { standOf } from './withhold.ts';

/** What there is to know of registers: agreements in force, newest applications, and how far negotiations have come. */
export interface RegisterFacts {
  readonly agreements: readonly PublishedAgreement[];
  readonly applications: readonly VerifiedApplication[];
  readonly negotiations: readonly NegotiationStanding[];
  readonly stands: readonly AgreementStand[];
}

/** Whoever has left cannot answer, and nobody could verify what they have signed. */
export async function listRegisters({ catalogues, letters, statuses, trust }: Broker): Promise<RegisterView[]> {
  const [agreements, applications, negotiations] = await Promise.all([
    catalogues.agreements(),
    letters.applications(),
    letters.negotiations(),
  ]);
  const standing = agreements.filter(({ jws }) =>
    jws.signatures.every((signature) => signerIn(trust, signature.protected) !== undefined),
  );
  return registersOf({
    agreements: standing,
    applications: applications.filter(({ application }) => trust.participant(application.dataUser) !== undefined),
    negotiations: negotiations.filter(({ holder }) => trust.participant(holder) !== undefined),
    stands: await statuses.of(standing.map(({ hash }) => hash)),
  });
}

/** Pure: one view for each register, sorted. */
export function registersOf({ agreements, applications, negotiations, stands }: RegisterFacts): RegisterView[] {
  const agreed = Map.groupBy(agreements, ({ agreement }) => agreement['rv:register']);
  const applied = new Map(applications.map((one) => [one.application.register, one]));
  return [...new Set([...agreed.keys(), ...applied.keys()])].sort().flatMap((register) => {
    const view = viewOf(agreed.get(register) ?? [], applied.get(register), stands);
    if (view === undefined) return [];
    const states = negotiations.filter((one) => one.register === register && one.dataUser === view.dataUser);
    return [states.length === 0 ? view : { ...view, negotiations: states.map(stateOf) }];
  });
}

const stateOf = ({ holder, dataset, state, since }: NegotiationStanding) => ({
  ...{ holder, dataset, state },
  since: new Date(since).toISOString(),
});

/** The words of the application, where its data user is the one that has agreements; until there are any, it stands alone. */
function viewOf(
  agreements: readonly PublishedAgreement[],
  applied: VerifiedApplication | undefined,
  stands: RegisterFacts['stands'],
): RegisterView | undefined {
  const [first] = agreements;
  if (first === undefined) return applied && { ...appliedView(applied), agreements: [] };
  const { agreement } = first;
  const own = applied?.application.dataUser === agreement.assignee ? applied : undefined;
  return {
    id: agreement['rv:register'],
    realm: agreement['rv:realm'],
    title: titleOf(agreement['rv:register']),
    purpose: purposeOf(agreement),
    dataUser: agreement.assignee,
    ...(own && appliedView(own)),
    expires: agreements.map((one) => endOf(one.agreement)).reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b)),
    agreements: agreements.map((one) => listed(one, stands)),
  };
}

function listed({ hash, agreement: { assigner: holder }, jws }: PublishedAgreement, stands: RegisterFacts['stands']) {
  const status = standOf({ agreement: hash, holder }, stands)?.life.status ?? undefined;
  return { holder, hash, agreement: jws, ...(status === undefined ? {} : { status }) };
}

function appliedView({ application, hash }: VerifiedApplication): Omit<RegisterView, 'agreements'> {
  const { register: id, realm, title, purpose, dataUser, version, aim, from, expires } = application;
  return { id, realm, title, purpose, dataUser, expires, application: { hash, version, aim, from, expires } };
}

/** An agreement gives its register no title, so its name has to do: `colorectal-ruhr` becomes “Colorectal ruhr”. */
function titleOf(register: string): Text {
  const words = register.slice(register.lastIndexOf(':') + 1).replaceAll('-', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return { de: title, en: title };
}

const constraintsOf = (agreement: Agreement) => agreement.permission.flatMap(({ constraint }) => constraint);

/** Empty when the agreement permits whatever purpose is allowed at all. */
const purposeOf = (agreement: Agreement): string =>
  constraintsOf(agreement).flatMap((one) => (one.leftOperand === 'rv:purpose' ? [one.rightOperand] : []))[0] ?? '';

const NEVER = '9999-12-31T23:59:59Z';

/** The register works as a whole until the first of its agreements ends. */
const endOf = (agreement: Agreement): string =>
  constraintsOf(agreement)
    .flatMap((one) => (one.leftOperand === 'odrl:dateTime' && one.operator === 'lt' ? [one.rightOperand] : []))
    .reduce((first, end) => (Date.parse(end) < Date.parse(first) ? end : first), NEVER);
