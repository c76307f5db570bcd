/** An agreement or application as sentences, each with the place that it stands for; and the difference of two. */
import type { Agreement, PolicyOffer, Text } from '@revier/schema';
import { canonicalText } from '../query/canonical.ts';
import { actionTexts, constraintText, dutyText, timeText } from './sentences.ts';

type Policy = Agreement | PolicyOffer;

export interface Sentence extends Text {
  readonly pointer: string;
}

/** Parties, subject and term first, then rule by rule. */
export const renderPolicy = (policy: Policy): Sentence[] => [
  ...headOf(policy),
  ...policy.permission.flatMap((rule, at) => {
    const pointer = `/permission/${at}`;
    return [
      say(pointer, `Erlaubt ist: ${actionTexts[rule.action].de}.`, `Permitted: ${actionTexts[rule.action].en}.`),
      ...limitsOf(rule.constraint, pointer),
      ...(rule.duty ?? []).map((duty, place) => {
        const { de, en } = dutyText(duty);
        return say(`${pointer}/duty/${place}`, `${de}.`, `${en}.`);
      }),
    ];
  }),
  ...policy.prohibition.flatMap((rule, at) => {
    const { de, en } = actionTexts[rule.action];
    const isBare = rule.constraint.length === 0;
    const pointer = `/prohibition/${at}`;
    return [
      say(
        pointer,
        `Verboten ist${isBare ? '' : ' unter Bedingungen'}: ${de}.`,
        `Prohibited${isBare ? '' : ' under conditions'}: ${en}.`,
      ),
      ...limitsOf(rule.constraint, pointer),
    ];
  }),
];

const say = (pointer: string, de: string, en: string): Sentence => ({ pointer, de, en });

const limitsOf = (constraints: Policy['permission'][number]['constraint'], pointer: string): Sentence[] =>
  constraints.map((constraint, at) => {
    const { de, en } = constraintText(constraint);
    return say(`${pointer}/constraint/${at}`, `– ${de}.`, `– ${en}.`);
  });

function headOf(policy: Policy): Sentence[] {
  const user = policy.assignee ?? '–';
  const { assigner, target } = policy;
  const tables = policy['rv:lattice'].length;
  const isTest = policy['rv:realm'] === 'test';
  return [
    say('/assigner', `Datenhalter ist ${assigner}.`, `The data holder is ${assigner}.`),
    say('/assignee', `Datennutzer ist ${user}.`, `The data user is ${user}.`),
    say('/target', `Es geht um den Datensatz ${target}.`, `It is about the dataset ${target}.`),
    say(
      '/rv:register',
      `Anlass ist das Register ${policy['rv:register']}.`,
      `The occasion is the register ${policy['rv:register']}.`,
    ),
    say('/rv:legalBasis', `Rechtsgrundlage: ${policy['rv:legalBasis']}.`, `Legal basis: ${policy['rv:legalBasis']}.`),
    say('/rv:version', `Fassung ${policy['rv:version']}.`, `Version ${policy['rv:version']}.`),
    say('/rv:lattice', `Vereinbarte Tabellen: ${tables}.`, `Agreed tables: ${tables}.`),
    ...(isTest
      ? [say('/rv:realm', 'Nur zum Testen, mit erfundenen Daten.', 'For testing only, with invented data.')]
      : []),
    ...(policy['@type'] === 'Agreement' ? [since(policy.timestamp)] : []),
  ];
}

function since(timestamp: string): Sentence {
  const { de, en } = timeText(timestamp);
  return say('/timestamp', `Vereinbart am ${de}.`, `Agreed on ${en}.`);
}

export interface Change extends Sentence {
  readonly kind: 'added' | 'removed' | 'changed';
}

/** What stands where: rules by @id, limits by operand and operator, so that an order changed is no change. */
function termsOf(policy: Policy): Map<string, Sentence> {
  const terms = new Map<string, Sentence>();
  for (const sentence of renderPolicy(policy)) {
    const [, kind, rule, part, place] = sentence.pointer.split('/');
    const ruleAt = kind === 'permission' || kind === 'prohibition' ? policy[kind][Number(rule)] : undefined;
    const constraint = part === 'constraint' ? ruleAt?.constraint[Number(place)] : undefined;
    const words = [kind, ruleAt?.['@id'], part, constraint?.leftOperand, constraint?.operator];
    const per = constraint !== undefined && 'rv:per' in constraint ? constraint['rv:per'] : undefined;
    const key = canonicalText([...words, per, part === 'duty' ? place : ''].map((word) => word ?? ''));
    terms.set(terms.has(key) ? `${key} ${sentence.pointer}` : key, sentence);
  }
  return terms;
}

/** Pointers lead into the policy that has the term: the later one, except for what was removed. */
export function diffPolicies(before: Policy, after: Policy): Change[] {
  const [old, now] = [termsOf(before), termsOf(after)];
  const removed = [...old].filter(([key]) => !now.has(key)).map(([, term]) => changeOf('removed', term, term));
  const others = [...now].flatMap(([key, term]): Change[] => {
    const earlier = old.get(key);
    if (earlier === undefined) return [changeOf('added', term, term)];
    const isSame = canonicalText(valueAt(before, earlier.pointer)) === canonicalText(valueAt(after, term.pointer));
    return isSame ? [] : [changeOf('changed', earlier, term)];
  });
  return [...removed, ...others];
}

function changeOf(kind: Change['kind'], earlier: Sentence, term: Sentence): Change {
  const plain = (text: string): string => text.replace(/^– /, '');
  const { pointer } = term;
  if (kind === 'added') return { kind, pointer, de: `Neu: ${plain(term.de)}`, en: `New: ${plain(term.en)}` };
  if (kind === 'removed') return { kind, pointer, de: `Entfällt: ${plain(term.de)}`, en: `Dropped: ${plain(term.en)}` };
  return {
    kind,
    pointer,
    de: `Geändert: bisher ${plain(earlier.de)} Jetzt ${plain(term.de)}`,
    en: `Changed: so far ${plain(earlier.en)} Now ${plain(term.en)}`,
  };
}

/** What a sentence stands for: of a rule only its action, since its parts have sentences of their own. */
function valueAt(policy: Policy, pointer: string): unknown {
  const value = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (of, part) =>
        typeof of === 'object' && of !== null ? Object.entries(of).find(([key]) => key === part)?.[1] : null,
      policy,
    );
  return typeof value === 'object' &&
    value !== null &&
    'action' in value &&
    'constraint' in value &&
    !pointer.includes('/duty/')
    ? value.action
    : (value ?? null);
}
