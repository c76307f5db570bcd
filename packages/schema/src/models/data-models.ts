/** The data models that ship with Revier; a holder can add its own. */
import type { Concept, DataModel, Variable } from '../data-model.ts';
import type { Text } from '../ids.ts';
import {
  age,
  behaviour,
  datePrecision,
  doses,
  education,
  finding,
  indication,
  month,
  returnToWork,
  sex,
  site,
  uicc,
  year,
  yesNo,
} from './code-lists.ts';

const text = (de: string, en: string): Text => ({ de, en });

const dimension = (name: string, title: Text, codeList: string | null, concept?: Concept): Variable => ({
  role: 'dimension',
  name,
  title,
  codeList,
  ...(concept === undefined ? {} : { concept }),
});
const identifier = (name: string, title: Text): Variable => ({ role: 'identifier', name, title });

const area = dimension('area', text('Gebiet', 'Area'), null, 'area');
const calendarYear = dimension('year', text('Jahr', 'Year'), year.id, 'year');
const sexVariable = dimension('sex', text('Geschlecht', 'Sex'), sex.id, 'sex');
const ageVariable = dimension('age', text('Alter', 'Age'), age.id, 'age');
const people = { persons: { kind: 'distinct', identifier: 'personId', title: text('Personen', 'Persons') } } as const;

/** Shaped like oBDS-RKI 3: one row a case, month precision with a precision flag, residence at diagnosis. */
export const cancerCase: DataModel = {
  kind: 'data-model',
  id: 'cancer-case/1',
  title: text('Krebsfälle', 'Cancer cases'),
  record: 'caseId',
  person: 'personId',
  variables: [
    identifier('caseId', text('Fallnummer', 'Case')),
    identifier('personId', text('Personennummer', 'Person')),
    area,
    dimension('diagnosisYear', text('Diagnosejahr', 'Year of diagnosis'), year.id, 'year'),
    dimension('diagnosisMonth', text('Diagnosemonat', 'Month of diagnosis'), month.id),
    dimension('datePrecision', text('Datumsgenauigkeit', 'Precision of date'), datePrecision.id),
    sexVariable,
    ageVariable,
    dimension('site', text('Lokalisation', 'Site'), site.id),
    dimension('behaviour', text('Dignität', 'Behaviour'), behaviour.id),
    dimension('uicc', text('UICC-Stadium', 'UICC stage'), uicc.id),
    dimension('dco', text('Nur durch Todesbescheinigung bekannt', 'Death certificate only'), yesNo.id),
  ],
  units: { cases: { kind: 'records', title: text('Fälle', 'Cases') }, ...people },
};

export const population: DataModel = {
  kind: 'data-model',
  id: 'population/1',
  title: text('Bevölkerung', 'Population'),
  record: null,
  person: null,
  variables: [
    area,
    calendarYear,
    sexVariable,
    ageVariable,
    { role: 'weight', name: 'persons', title: text('Einwohner', 'Inhabitants'), min: 0, max: 10_000_000 },
  ],
  units: {},
};

export const careNeed: DataModel = {
  kind: 'data-model',
  id: 'care-need/1',
  title: text('Pflegebedürftige', 'Persons needing care'),
  record: null,
  person: null,
  variables: [
    area,
    calendarYear,
    sexVariable,
    {
      role: 'measure',
      name: 'persons',
      title: text('Pflegebedürftige', 'Persons needing care'),
      min: 0,
      scale: 0,
      max: 10_000_000,
    },
  ],
  units: {},
};

export const rehabEpisode: DataModel = {
  kind: 'data-model',
  id: 'rehab-episode/1',
  title: text('Rehabilitation mit Nachbefragung', 'Rehabilitation with follow-up'),
  record: 'episodeId',
  person: 'personId',
  variables: [
    identifier('episodeId', text('Aufenthalt', 'Episode')),
    identifier('personId', text('Personennummer', 'Person')),
    dimension('year', text('Entlassungsjahr', 'Year of discharge'), year.id, 'year'),
    sexVariable,
    ageVariable,
    dimension('indication', text('Indikation', 'Indication'), indication.id),
    dimension('answered12', text('Nach 12 Monaten geantwortet', 'Answered after 12 months'), yesNo.id),
    dimension(
      'returnToWork12',
      text('Rückkehr in Arbeit nach 12 Monaten', 'Return to work after 12 months'),
      returnToWork.id,
    ),
  ],
  units: { episodes: { kind: 'records', title: text('Aufenthalte', 'Episodes') }, ...people },
};

export const schoolEntry: DataModel = {
  kind: 'data-model',
  id: 'school-entry/1',
  title: text('Schuleingangsuntersuchung', 'School entry examination'),
  record: 'examinationId',
  person: 'personId',
  variables: [
    identifier('examinationId', text('Untersuchung', 'Examination')),
    identifier('personId', text('Personennummer', 'Person')),
    area,
    calendarYear,
    sexVariable,
    dimension('education', text('Bildungsindex der Eltern', 'Education index of the parents'), education.id),
    dimension('bookletShown', text('Vorsorgeheft vorgelegt', 'Check-up booklet shown'), yesNo.id),
    dimension('cardShown', text('Impfausweis vorgelegt', 'Vaccination card shown'), yesNo.id),
    dimension('mmrDoses', text('Masern-Impfungen', 'MMR doses'), doses.id),
    dimension('visuomotor', text('Visuomotorik (SOPESS)', 'Visuomotor skills (SOPESS)'), finding.id),
  ],
  units: { children: { kind: 'records', title: text('Kinder', 'Children') }, ...people },
  themes: ['children'],
};
