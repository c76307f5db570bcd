/** Plain sentences that go with the figures, German and English: what was asked, what is missing, what the signs mean. Pure. */
import type { Merged, Plan, PlanMeasure, Vocabulary } from '@revier/core';
import { labelOf } from '@revier/core';
import type { Answer, Cell, HolderAnswer, SecureSumNote, Text } from '@revier/schema';

export interface Told {
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
  readonly merged: Merged | null;
  readonly holders: readonly HolderAnswer[];
  readonly state: Answer['state'];
  readonly synthetic: boolean;
  /** Of those that answered together. */
  readonly secureSum?: SecureSumNote | undefined;
}

export const sentencesOf = (told: Told): Text[] => [
  ...synthetic(told),
  asked(told),
  ...covered(told),
  ...leftOut(told),
  ...shortOfHolders(told),
  ...told.holders.flatMap(missing),
  ...areaEffect(told),
  ...crude(told),
  ...noised(told),
  ...noisedTogether(told),
  ...signs(told),
];

const synthetic = (told: Told): Text[] =>
  told.synthetic
    ? [
        {
          de: 'SYNTHETISCH: Mindestens ein Teil der Zahlen stammt aus erfundenen Daten und sagt nichts über wirkliche Menschen.',
          en: 'SYNTHETIC: at least a part of the figures comes from invented data and says nothing about real people.',
        },
      ]
    : [];

function asked({ plan }: Told): Text {
  const measures = plan.measures.map(({ name, kind }) => ({ name, kind: kinds[kind] }));
  const models = [...new Map(plan.tasks.map(({ model }) => [model.id, model.title])).values()];
  const by = plan.dimensions.map(({ title, grouping }) => ({
    de: `${title.de} (${grouping})`,
    en: `${title.en} (${grouping})`,
  }));
  const tell = (language: keyof Text, and: string): string =>
    `${list(
      measures.map(({ name, kind }) => `${kind[language]} “${name}”`),
      and,
    )} (${list(
      models.map((title) => title[language]),
      and,
    )})`;
  return {
    de: `Gefragt: ${tell('de', 'und')}${by.length > 0 ? `, nach ${list(textsIn(by, 'de'), 'und')}` : ''}.`,
    en: `Asked: ${tell('en', 'and')}${by.length > 0 ? `, by ${list(textsIn(by, 'en'), 'and')}` : ''}.`,
  };
}

const kinds: Record<PlanMeasure['kind'], Text> = {
  aggregate: { de: 'Summe', en: 'sum' },
  proportion: { de: 'Anteil', en: 'share' },
  mean: { de: 'Mittel', en: 'mean' },
  'crude-rate': { de: 'rohe Rate', en: 'crude rate' },
  'direct-rate': { de: 'altersstandardisierte Rate', en: 'age-standardised rate' },
};

/** Areas and years that the figures stand for. */
function covered({ merged, vocabulary }: Told): Text[] {
  const { areas, years } = merged?.coverage ?? { areas: [], years: [] };
  if (areas.length === 0) return [];
  const named = namedAreas(vocabulary, areas);
  const span = spanOf(years);
  return [
    {
      de: `Die Zahlen gelten für ${named.de}${span === '' ? '' : `, ${span}`}.`,
      en: `The figures stand for ${named.en}${span === '' ? '' : `, ${span}`}.`,
    },
  ];
}

function spanOf(years: readonly number[]): string {
  if (years.length === 0) return '';
  const [from, to] = [Math.min(...years), Math.max(...years)];
  return from === to ? `${from}` : `${from}–${to}`;
}

const NAMED = 6;

/** A few by name, many by number. */
function namedAreas(vocabulary: Vocabulary, areas: readonly string[]): Text {
  if (areas.length > NAMED) return { de: `${areas.length} Gebiete`, en: `${areas.length} areas` };
  const texts = areas.map((code) => areaName(vocabulary, code));
  return { de: list(textsIn(texts, 'de'), 'und'), en: list(textsIn(texts, 'en'), 'and') };
}

function areaName(vocabulary: Vocabulary, code: string): Text {
  const lists = vocabulary.datasets.flatMap(({ grain }) => Object.values(grain).map(({ codeList }) => codeList));
  for (const id of new Set(lists)) {
    const entry = vocabulary.codeList(id)?.list.codes.find((one) => one.code === code);
    if (entry !== undefined) return labelOf(entry);
  }
  return { de: code, en: code };
}

/** An area that lacks one side leaves both, so that a missing city cannot bias a rate. */
function leftOut({ merged, vocabulary }: Told): Text[] {
  const excluded = merged?.coverage.excluded ?? [];
  return (['holderMissing', 'notCollected', 'noCounterpart'] as const).flatMap((reason) => {
    const areas = excluded.filter((one) => one.reason === reason).map(({ area }) => area);
    if (areas.length === 0) return [];
    const named = namedAreas(vocabulary, areas);
    return [
      {
        de: `In Zähler und Nenner ausgelassen: ${named.de}, denn ${reasons[reason].de}.`,
        en: `Left out of numerator and denominator: ${named.en}, since ${reasons[reason].en}.`,
      },
    ];
  });
}

const reasons = {
  holderMissing: { de: 'ein Datenhalter fehlt', en: 'a data holder is missing' },
  notCollected: {
    de: 'für mindestens ein Jahr wurde nicht erhoben',
    en: 'figures were not collected for at least one year',
  },
  noCounterpart: {
    de: 'nur eine Seite der Rate liegt für alle Jahre vor',
    en: 'only one side of the rate is there for every year',
  },
} as const satisfies Record<string, Text>;

function shortOfHolders({ state, merged }: Told): Text[] {
  if (state === 'complete') return [];
  if (merged === null)
    return [
      {
        de: 'Die gelieferten Teile ließen sich nicht zusammenführen; es gibt keine Zahlen.',
        en: 'The parts that came could not be merged; there are no figures.',
      },
    ];
  return state === 'partial'
    ? [
        {
          de: 'Teilantwort: Nicht alle gefragten Datenhalter haben geantwortet, aber mindestens so viele wie verlangt.',
          en: 'Partial answer: not all data holders that were asked have answered, but at least as many as demanded.',
        },
      ]
    : [
        {
          de: 'Gescheitert: Weniger Datenhalter als verlangt haben geantwortet; gezeigte Zahlen sind unvollständig.',
          en: 'Failed: fewer data holders than demanded have answered; figures that are shown are incomplete.',
        },
      ];
}

function missing({ name, dataset, status, reasons: why }: HolderAnswer): Text[] {
  const codes = [...new Set(why.map(({ code }) => code))].join(', ');
  const who = `${name} (${dataset})`;
  switch (status) {
    case 'answered':
      return [];
    case 'refused':
      return [{ de: `${who} hat abgelehnt: ${codes}.`, en: `${who} has refused: ${codes}.` }];
    case 'offline':
      return [{ de: `${who} hat nicht rechtzeitig geantwortet.`, en: `${who} has not answered in time.` }];
    case 'pending':
      return [{ de: `${who} wurde nicht mehr gefragt.`, en: `${who} was not asked any more.` }];
  }
}

const areaEffect = ({ plan }: Told): Text[] =>
  plan.question.by.some((dimension) => 'lookup' in dimension)
    ? [
        {
          de: 'Gruppiert wird nach einem Merkmal des Wohngebiets: ein Gebietseffekt, keine Aussage über einzelne Menschen.',
          en: 'Groups are made by a trait of the area of residence: an area effect, not individual.',
        },
      ]
    : [];

const crude = ({ plan }: Told): Text[] =>
  plan.measures.some(({ kind }) => kind === 'crude-rate')
    ? [
        {
          de: 'Rohe Raten sind nicht altersstandardisiert; der Altersaufbau und der Ort der Versorgung können mitwirken.',
          en: 'Crude rates are not age-adjusted; age structure and the place of care may play a part.',
        },
      ]
    : [];

/** The greatest change of each holder; over several holders it adds up, and rarely comes near. */
function noisedTogether({ secureSum, merged }: Told): Text[] {
  if (secureSum === undefined || merged === null) return [];
  const { sd, p95, max } = secureSum.error;
  const [de, en] = ['de', 'en'].map((locale) => sd.toLocaleString(locale, { maximumFractionDigits: 1 }));
  const bound =
    max === null
      ? { de: 'ohne Höchstwert', en: 'without a bound' }
      : { de: `höchstens ±${max}`, en: `±${max} at most` };
  return [
    {
      de: `Zahlen der sicheren Summe von ${secureSum.members.length} Datenhaltern tragen Rauschen: Standardabweichung ${de}, in 95 von 100 Zellen höchstens ±${p95}, ${bound.de}; Summen können abweichen.`,
      en: `Figures of the secure sum over ${secureSum.members.length} holders carry noise: standard deviation ${en}, ±${p95} at most in 95 of 100 cells, ${bound.en}; totals may differ from their parts.`,
    },
  ];
}

function noised({ holders, merged }: Told): Text[] {
  const bounds = holders.flatMap(({ perturbation }) => (perturbation === undefined ? [] : [perturbation.D]));
  if (bounds.length === 0 || merged === null) return [];
  const each = Math.max(...bounds);
  const several = bounds.length > 1;
  return [
    {
      de: `Zahlen sind mit geschlüsseltem Rauschen versehen, ±${each}${several ? ' je Datenhalter' : ''}; Summen können abweichen.`,
      en: `Figures carry keyed noise, ±${each}${several ? ' for each holder' : ''}; totals may differ from their parts.`,
    },
  ];
}

/** Only signs that stand in the answer are explained. */
function signs({ merged }: Told): Text[] {
  const statuses = new Set((merged?.cells ?? []).flatMap(({ measures }) => Object.values(measures)).map(statusOf));
  return (['withheld', 'unreliable', 'notCollected'] as const).flatMap((status) =>
    statuses.has(status) ? [meanings[status]] : [],
  );
}

const statusOf = ({ status }: Cell): Cell['status'] => status;

const meanings = {
  withheld: {
    de: '„withheld“ (zurückgehalten) heißt: Die Zahl könnte etwas über Einzelne verraten; auch eine Null steht so da. Es heißt nie 0.',
    en: '“withheld” means that the figure could tell something about individuals; a zero is shown like that too. It never means 0.',
  },
  unreliable: {
    de: '„unreliable“ (unsicher) heißt: Das Intervall ist zu weit, um danach zu handeln.',
    en: '“unreliable” means that the interval is too wide to act on.',
  },
  notCollected: {
    de: '„notCollected“ heißt: Hier wurde nicht erhoben, oder eine Seite der Rate fehlt.',
    en: '“notCollected” means that nothing was collected here, or that one side of a rate is missing.',
  },
} as const satisfies Record<string, Text>;

const textsIn = (texts: readonly Text[], language: keyof Text): string[] => texts.map((text) => text[language]);

const list = (items: readonly string[], and: string): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${and} ${items.at(-1)}`;
