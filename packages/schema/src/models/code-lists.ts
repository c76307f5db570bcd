/** The code lists that ship with Revier: codes and structure only; official texts are loaded where they are needed. */
import type { CodeEntry, CodeList } from '../code-list.ts';
import type { Text } from '../ids.ts';

const text = (de: string, en: string): Text => ({ de, en });

const flat = (id: string, title: Text, codes: readonly (readonly [string, Text])[]): CodeList => ({
  kind: 'code-list',
  id,
  title,
  levels: ['code'],
  codes: codes.map(([code, label]) => ({ code, level: 'code', label })),
});

export const sex = flat('sex/1', text('Geschlecht', 'Sex'), [
  ['F', text('weiblich', 'female')],
  ['M', text('männlich', 'male')],
  ['D', text('divers', 'diverse')],
  ['X', text('andere', 'other')],
  ['U', text('unbekannt', 'unknown')],
]);

export const year: CodeList = {
  kind: 'code-list',
  id: 'year/1',
  title: text('Kalenderjahr', 'Calendar year'),
  levels: ['year'],
  codes: Array.from({ length: 201 }, (_, index): CodeEntry => ({ code: String(1900 + index), level: 'year' })),
};

const two = (value: number): string => String(value).padStart(2, '0');

/** Band of five years that a single year of age belongs to; open from 85 on. */
const band5Of = (age: number): string => (age >= 85 ? '85+' : `${two(age - (age % 5))}-${two(age - (age % 5) + 4)}`);

/** The 14 groups that line up with both the open German district data and every standard population. */
const band14Of = (from: number): string => {
  if (from < 10) return '00-09';
  if (from >= 75) return '75+';
  return from >= 65 ? '65-74' : `${from}-${from + 4}`;
};

const ages = Array.from({ length: 121 }, (_, age) => age);
const band5Starts = Array.from({ length: 18 }, (_, index) => index * 5);
const band14Starts = [0, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75];

/** Bands of five years that start with a decade would share their name with a single level; `5y` keeps codes unique. */
const band5Code = (band: string): string => `5y:${band}`;

export const age: CodeList = {
  kind: 'code-list',
  id: 'age/1',
  title: text('Alter in vollendeten Jahren', 'Age in completed years'),
  levels: ['year', 'band5', 'band14'],
  codes: [
    ...ages.map((of): CodeEntry => ({ code: String(of), level: 'year', parent: band5Code(band5Of(of)) })),
    ...band5Starts.map(
      (from): CodeEntry => ({
        code: band5Code(band5Of(from)),
        level: 'band5',
        parent: band14Of(from),
        label: text(band5Of(from), band5Of(from)),
      }),
    ),
    ...band14Starts.map((from): CodeEntry => ({ code: band14Of(from), level: 'band14' })),
  ],
};

/** UICC stage in main groups; IIIA to IVC are mapped to them at import. */
export const uicc: CodeList = {
  kind: 'code-list',
  id: 'uicc/1',
  title: text('UICC-Stadium', 'UICC stage'),
  levels: ['stage', 'group'],
  codes: [
    { code: '0', level: 'stage', parent: 'in-situ' },
    { code: 'I', level: 'stage', parent: 'I-II' },
    { code: 'II', level: 'stage', parent: 'I-II' },
    { code: 'III', level: 'stage', parent: 'III-IV' },
    { code: 'IV', level: 'stage', parent: 'III-IV' },
    { code: 'U', level: 'stage', parent: 'unknown', label: text('unbekannt', 'unknown') },
    { code: 'in-situ', level: 'group', label: text('in situ', 'in situ') },
    { code: 'I-II', level: 'group', label: text('früh (I–II)', 'early (I–II)') },
    { code: 'III-IV', level: 'group', label: text('spät (III–IV)', 'late (III–IV)') },
    { code: 'unknown', level: 'group', label: text('unbekannt', 'unknown') },
  ],
};

export const month = flat(
  'month/1',
  text('Monat', 'Month'),
  [...Array.from({ length: 12 }, (_, index) => two(index + 1)), 'U'].map((code) => [code, text(code, code)] as const),
);

/** Precision of a date as oBDS-RKI 3 codes it. */
export const datePrecision = flat('date-precision/1', text('Datumsgenauigkeit', 'Precision of date'), [
  ['E', text('exakt', 'exact')],
  ['T', text('Tag geschätzt, Monat bekannt', 'month known')],
  ['M', text('Monat geschätzt, Jahr bekannt', 'year known')],
  ['V', text('vollständig geschätzt', 'estimated')],
]);

export const yesNo = flat('yes-no/1', text('Ja oder nein', 'Yes or no'), [
  ['yes', text('ja', 'yes')],
  ['no', text('nein', 'no')],
  ['U', text('unbekannt', 'unknown')],
]);

/** ICD-O-3 behaviour. */
export const behaviour = flat('behaviour/1', text('Dignität', 'Behaviour'), [
  ['0', text('gutartig', 'benign')],
  ['1', text('unsicher', 'uncertain')],
  ['2', text('in situ', 'in situ')],
  ['3', text('bösartig', 'malignant')],
]);

/** Site groups of the German Centre for Cancer Registry Data, with C44 apart: first and last three-character ICD-10 code, and labels. */
const siteGroups: readonly (readonly [string, string, string, string])[] = [
  ['C00', 'C14', 'Mundhöhle und Rachen', 'Oral cavity and pharynx'],
  ['C15', 'C15', 'Speiseröhre', 'Oesophagus'],
  ['C16', 'C16', 'Magen', 'Stomach'],
  ['C18', 'C20', 'Darm', 'Colon and rectum'],
  ['C21', 'C21', 'Anus', 'Anus'],
  ['C22', 'C22', 'Leber', 'Liver'],
  ['C23', 'C24', 'Gallenblase und Gallenwege', 'Gallbladder and biliary tract'],
  ['C25', 'C25', 'Bauchspeicheldrüse', 'Pancreas'],
  ['C32', 'C32', 'Kehlkopf', 'Larynx'],
  ['C33', 'C34', 'Lunge', 'Lung'],
  ['C43', 'C43', 'Malignes Melanom der Haut', 'Melanoma of skin'],
  ['C44', 'C44', 'Sonstige Haut', 'Other skin'],
  ['C50', 'C50', 'Brust', 'Breast'],
  ['C51', 'C51', 'Vulva', 'Vulva'],
  ['C53', 'C53', 'Gebärmutterhals', 'Cervix'],
  ['C54', 'C55', 'Gebärmutterkörper', 'Corpus uteri'],
  ['C56', 'C56', 'Eierstöcke', 'Ovary'],
  ['C61', 'C61', 'Prostata', 'Prostate'],
  ['C62', 'C62', 'Hoden', 'Testis'],
  ['C64', 'C64', 'Niere', 'Kidney'],
  ['C67', 'C67', 'Harnblase', 'Bladder'],
  ['C70', 'C72', 'Zentrales Nervensystem', 'Central nervous system'],
  ['C73', 'C73', 'Schilddrüse', 'Thyroid'],
  ['C81', 'C81', 'Morbus Hodgkin', 'Hodgkin lymphoma'],
  ['C82', 'C88', 'Non-Hodgkin-Lymphome', 'Non-Hodgkin lymphoma'],
  ['C90', 'C90', 'Plasmozytom', 'Multiple myeloma'],
  ['C91', 'C95', 'Leukämien', 'Leukaemia'],
];

const pad = (of: number): string => `C${two(of)}`;
const number = (code: string): number => Number(code.slice(1));
const groupName = (from: string, to: string): string => (from === to ? `${from}.` : `${from}-${to}`);

/** Categories outside every group (C17, C26, C37 ...) stand under `other`, so that groups add up to all sites. */
const groupOf = (category: number): string => {
  const found = siteGroups.find(([from, to]) => number(from) <= category && category <= number(to));
  return found ? groupName(found[0], found[1]) : 'other';
};

/** A group of one category keeps a name of its own (`C16.`), since codes are unique over all levels. */
export const site: CodeList = {
  kind: 'code-list',
  id: 'site/1',
  title: text('Lokalisation (ICD-10, dreistellig)', 'Site (ICD-10, three characters)'),
  levels: ['category', 'group'],
  codes: [
    ...Array.from(
      { length: 98 },
      (_, index): CodeEntry => ({ code: pad(index), level: 'category', parent: groupOf(index) }),
    ),
    ...siteGroups.map(
      ([from, to, de, en]): CodeEntry => ({ code: groupName(from, to), level: 'group', label: text(de, en) }),
    ),
    { code: 'other', level: 'group', label: text('übrige Lokalisationen', 'other sites') },
  ],
  source: 'Site groups of the German Centre for Cancer Registry Data (ZfKD), ICD-10-GM three-character codes',
};

export const indication = flat('rehab-indication/1', text('Indikation', 'Indication'), [
  ['oncology', text('Onkologie', 'oncology')],
  ['orthopaedics', text('Orthopädie', 'orthopaedics')],
  ['cardiology', text('Kardiologie', 'cardiology')],
  ['neurology', text('Neurologie', 'neurology')],
  ['psychosomatics', text('Psychosomatik', 'psychosomatics')],
  ['paediatrics', text('Kinder und Jugendliche', 'paediatrics')],
]);

export const returnToWork = flat('return-to-work/1', text('Rückkehr in Arbeit', 'Return to work'), [
  ['full', text('voll', 'full')],
  ['partial', text('teilweise', 'partial')],
  ['none', text('keine', 'none')],
  ['U', text('keine Angabe', 'no answer')],
]);

export const education = flat('education/1', text('Bildungsindex der Eltern', 'Education index of the parents'), [
  ['low', text('niedrig', 'low')],
  ['middle', text('mittel', 'middle')],
  ['high', text('hoch', 'high')],
  ['U', text('keine Angabe', 'no answer')],
]);

export const doses = flat('doses/1', text('Impfdosen', 'Doses'), [
  ['0', text('keine', 'none')],
  ['1', text('eine', 'one')],
  ['2', text('zwei oder mehr', 'two or more')],
  ['U', text('unbekannt', 'unknown')],
]);

/** Result of a SOPESS test. */
export const finding = flat('finding/1', text('Befund', 'Finding'), [
  ['conspicuous', text('auffällig', 'conspicuous')],
  ['borderline', text('grenzwertig', 'borderline')],
  ['inconspicuous', text('unauffällig', 'inconspicuous')],
  ['U', text('nicht untersucht', 'not examined')],
]);
