/** Registers, as the agreements of their holders make them. */
import type { Agreement, RegisterView, Text } from '@revier/schema';
import type { PublishedAgreement } from '../ports.ts';

/** Pure: the agreements of all registers in, one view for each register out, sorted. */
export function registersOf(agreements: readonly PublishedAgreement[]): RegisterView[] {
  const groups = Map.groupBy(agreements, ({ agreement }) => agreement['rv:register']);
  return [...groups.values()].flatMap(registerOf).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function registerOf(agreements: readonly PublishedAgreement[]): RegisterView[] {
  const [first] = agreements;
  if (first === undefined) return [];
  const { agreement } = first;
  return [
    {
      id: agreement['rv:register'],
      realm: agreement['rv:realm'],
      title: titleOf(agreement['rv:register']),
      purpose: purposeOf(agreement),
      dataUser: agreement.assignee,
      expires: agreements.map((one) => endOf(one.agreement)).reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b)),
      agreements: agreements.map((one) => ({ holder: one.agreement.assigner, hash: one.hash, agreement: one.jws })),
    },
  ];
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
