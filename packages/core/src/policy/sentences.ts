/** Plain language: what each rule of an agreement says, in German and English; a holder reads these before it signs. */
import { type Action, type Constraint, type Duty, legalBases, type Text } from '@revier/schema';
import { purposeOf } from './purpose.ts';

const both = (de: string, en: string): Text => ({ de, en });

export const actionTexts: Readonly<Record<Action, Text>> = {
  'odrl:use': both('die Daten nutzen', 'use the data'),
  'rv:aggregate': both('anonymisierte Statistiken erhalten', 'receive anonymised statistics'),
  'rv:feasibilityCount': both('Fallzahlen zur Machbarkeit erfragen', 'ask for counts to judge feasibility'),
  'rv:cacheResult': both('Ergebnisse zwischenspeichern', 'keep results for a while'),
  'odrl:distribute': both('Ergebnisse weitergeben', 'pass results on'),
  'rv:publish': both('Ergebnisse veröffentlichen', 'publish results'),
  'rv:reidentify': both('Personen wiedererkennen', 'recognise persons'),
  'rv:linkRecords': both('Datensätze verknüpfen', 'link records'),
  'rv:rowExport': both('Einzeldaten ausleiten', 'export single records'),
  'odrl:sell': both('Ergebnisse verkaufen', 'sell results'),
};

const dutyTexts: Readonly<Record<Duty['action'], Text>> = {
  'odrl:delete': both('die Ergebnisse löschen', 'delete the results'),
  'rv:publish': both('die Ergebnisse veröffentlichen', 'publish the results'),
  'odrl:inform': both('den Datenhalter unterrichten', 'inform the data holder'),
  'rv:attribute': both('den Datenhalter als Quelle nennen', 'name the data holder as the source'),
  'rv:acknowledgeDeletion': both('die Löschung bestätigen', 'confirm the deletion'),
};

const sectors: Readonly<Record<string, Text>> = {
  'public-body': both('öffentliche Stellen', 'public bodies'),
  mandatee: both('deren Beauftragte', 'those who act for them'),
  research: both('Forschungseinrichtungen', 'research institutions'),
  care: both('Einrichtungen der Versorgung', 'care providers'),
  insurer: both('Versicherungsträger', 'insurers'),
  'non-profit': both('gemeinnützige Einrichtungen', 'non-profit organisations'),
  commercial: both('Unternehmen', 'companies'),
};
const words: Readonly<Record<string, Text>> = {
  ...sectors,
  researcher: both('Forschende', 'researchers'),
  planner: both('Planende', 'planners'),
  steward: both('Datenverantwortliche', 'data steward'),
  signatory: both('Zeichnungsberechtigte', 'authorised signatory'),
  committee: both('Nutzungsausschuss', 'use-and-access committee'),
  count: both('Anzahlen', 'counts'),
  sum: both('Summen', 'sums'),
  rate: both('Raten', 'rates'),
};

const units = [
  ['Y', 'Jahre', 'years'],
  ['M', 'Monate', 'months'],
  ['W', 'Wochen', 'weeks'],
  ['D', 'Tage', 'days'],
] as const;

/** `P18M` → 18 Monate, 18 months. */
export function durationText(duration: string): Text {
  const parts = units.flatMap(([letter, de, en]) => {
    const count = new RegExp(`(\\d+)${letter}`).exec(duration)?.[1];
    return count === undefined ? [] : [both(`${count} ${de}`, `${count} ${en}`)];
  });
  return both(parts.map(({ de }) => de).join(' '), parts.map(({ en }) => en).join(' '));
}

/** 2027-01-01T00:00:00Z → 01.01.2027, 00:00 UTC · 2027-01-01, 00:00 UTC. */
export function timeText(zoned: string): Text {
  const [date = '', time = ''] = zoned.split('T');
  const clock = `${time.slice(0, 5)} UTC`;
  return both(`${date.split('-').reverse().join('.')}, ${clock}`, `${date}, ${clock}`);
}

const purposeText = (code: string): Text => purposeOf(code)?.title ?? both(code, code);
const named = (code: string): Text =>
  words[code] ?? legalBases.find((basis) => basis.code === code)?.title ?? both(code, code);

function listText(all: string | readonly string[]): Text {
  const texts = (typeof all === 'string' ? [all] : all).map(named);
  return both(texts.map(({ de }) => de).join(', '), texts.map(({ en }) => en).join(', '));
}

const sentence = (de: string, en: string, value: Text | string): Text => {
  const filled = typeof value === 'string' ? both(value, value) : value;
  return both(
    de.replace('%', () => filled.de),
    en.replace('%', () => filled.en),
  );
};

type Template = readonly [de: string, en: string];

/** By left operand; `%` is the right operand in words. */
const templates: Readonly<Record<Constraint['leftOperand'], Template>> = {
  'rv:purpose': ['nur zum Zweck „%“ oder einem engeren', 'only for the purpose “%” or a narrower one'],
  'rv:register': ['nur im Register %', 'only within the register %'],
  'rv:legalBasis': ['nur auf der Rechtsgrundlage: %', 'only on the legal basis: %'],
  'rv:ethicsVote': ['nur mit dem Ethikvotum %', 'only with the ethics vote %'],
  'rv:recipientRole': ['nur für %', 'only for %'],
  'rv:recipientSector': ['nur für %', 'only for %'],
  'odrl:dateTime': ['nur vor %', 'only before %'],
  'rv:minCellSize': ['keine Zelle mit weniger als % Personen', 'no cell of fewer than % persons'],
  'rv:measure': ['nur diese Maße: %', 'only these measures: %'],
  'rv:groupVariable': ['gegliedert höchstens nach: %', 'grouped by nothing but: %'],
  'rv:filterVariable': ['gefiltert höchstens nach: %', 'filtered by nothing but: %'],
  'rv:tables': ['nur die vereinbarten Tabellen (%)', 'only the agreed tables (%)'],
  'rv:spatialResolution': ['räumlich nicht feiner als „%“', 'no finer in space than “%”'],
  'rv:temporalResolution': ['zeitlich nicht feiner als „%“', 'no finer in time than “%”'],
  'rv:ageBand': ['Alter nicht feiner als „%“', 'no finer in age than “%”'],
  'rv:maxDimensions': ['höchstens % Gliederungen zugleich', 'at most % groupings at once'],
  'rv:minContributingNodes': [
    'nur zusammen mit mindestens % Datenhaltern',
    'only together with at least % data holders',
  ],
  'rv:budgetCells': ['höchstens % Zellen insgesamt', 'at most % cells altogether'],
  'rv:budgetMicroRho': ['Privatheitsbudget höchstens % µρ', 'a privacy budget of at most % µρ'],
  'odrl:count': ['höchstens % Fragen', 'at most % questions'],
  'rv:approval': [
    'nur mit Zustimmung von: % (jeweils eine andere Person)',
    'only with approval by: % (each another person)',
  ],
};

const variants: Readonly<Record<string, Template>> = {
  'rv:purpose eq': ['nur zu genau dem Zweck „%“', 'only for exactly the purpose “%”'],
  'rv:ethicsVote gt': ['nur mit einem Ethikvotum, das jünger ist als %', 'only with an ethics vote younger than %'],
  'odrl:dateTime gteq': ['nur ab %', 'only from %'],
  'rv:measure isAnyOf': ['sobald eines dieser Maße gefragt ist: %', 'as soon as one of these measures is asked for: %'],
  'rv:groupVariable isAnyOf': ['sobald nach einer davon gegliedert wird: %', 'as soon as it is grouped by one of: %'],
  'rv:filterVariable isAnyOf': ['sobald nach einer davon gefiltert wird: %', 'as soon as it is filtered by one of: %'],
  'rv:tables isAnyOf': ['für diese Tabellen (%)', 'for these tables (%)'],
};

function valueText(constraint: Constraint): Text | string {
  switch (constraint.leftOperand) {
    case 'rv:purpose':
      return purposeText(constraint.rightOperand);
    case 'odrl:dateTime':
      return timeText(constraint.rightOperand);
    case 'rv:ethicsVote':
      return constraint.operator === 'gt' ? timeText(constraint.rightOperand) : listText(constraint.rightOperand);
    case 'rv:tables':
      return String(constraint.rightOperand.length);
    default:
      return listText(constraint.rightOperand);
  }
}

/** One limit in words, without the sentence around it. */
export function constraintText(constraint: Constraint): Text {
  const { leftOperand, operator } = constraint;
  const [de, en] = variants[`${leftOperand} ${operator}`] ?? templates[leftOperand];
  const text = sentence(de, en, valueText(constraint));
  if (constraint.leftOperand !== 'odrl:count' || constraint['rv:per'] === undefined) return text;
  const per = durationText(constraint['rv:per']);
  return both(`${text.de} in ${per.de}`, `${text.en} within ${per.en}`);
}

export function dutyText({ action, constraint }: Duty): Text {
  const what = dutyTexts[action];
  const when = constraint.map((one) =>
    one.leftOperand === 'odrl:elapsedTime'
      ? sentence('innerhalb von % nach dem Anlass', 'within % of the occasion', durationText(one.rightOperand))
      : sentence('vor %', 'before %', timeText(one.rightOperand)),
  );
  return both(
    ['Pflicht:', what.de, ...when.map(({ de }) => de)].join(' '),
    ['Duty:', what.en, ...when.map(({ en }) => en)].join(' '),
  );
}
