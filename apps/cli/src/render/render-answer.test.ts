/** The page reads well: in both languages, on narrow terminals, and whatever an answer brings. */
import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { type RenderOptions, renderAnswer } from './render-answer.ts';
import { everyStatus, figure, nothing, oneCell, quintileRates } from './sample.case.ts';

const page = (answer: Answer, more: Partial<RenderOptions> = {}): string =>
  renderAnswer(answer, { lang: 'en', width: 100, colour: false, ...more });
const blocks = (answer: Answer, more: Partial<RenderOptions> = {}): string[] => page(answer, more).split('\n\n');
const ESCAPE = '\u001b';

describe('a rate by quintile and sex, with totals', () => {
  it('reads like this', () => {
    expect(page(quintileRates)).toMatchInlineSnapshot(`
      "SYNTHETIC DATA: invented persons, no statement about the real world.
      rate by Area (deprivation-quintile-2021), Sex
      register colorectal-ruhr · purpose ehds:PublicHealthSurveillance · test realm
      Complete: all 2 parts are answered.

      Area (deprivation-          rate
      quintile-2021)      Sex     per 100,000 (95 % CI)   events
      ──────────────────────────────────────────────────────────
      1 (least deprived)  female    9.8   (7.9–12.0)       20–49
                          male     12.3  (10.1–14.9)     100–199
                          Total    11.0   (9.6–12.6)     100–199
      5 (most deprived)   female      ·
                          male    103.4 (40.1–166.2) ?     10–19
                          Total    18.1  (15.0–21.7)     100–199
      ──────────────────────────────────────────────────────────
      Total               female   10.5   (9.1–12.1)     100–199
                          male     14.2  (12.9–15.6)     100–199
                          Total    12.4  (11.4–13.4)     100–199

      · withheld: not shown, to protect small groups. It does not mean zero.
      ? unreliable: the interval is too wide to act on.

      To be read as
        The figures describe areas, not individual persons.

      Measures
        rate: Directly age-standardised rate with 95 % interval (Fay-Feuer); standard ESP2013-14;
        numerator and denominator met at the numerator's holder.

      Holders
        ✓ Krebsregister (erfunden) (cancer-ruhr): answered · L local release · at least 10 persons per
          cell · as of 31 Dec 2024
        ✓ Stadt Oberhausen (population-oberhausen): answered · O open data · as of 30 Jun 2024
        O open data: exact figures that are public anyway.
        L local release: the holder protected the figures before they left; small groups are missing,
        figures may be slightly changed.

      Covers: 2 areas (05119, 05913), 2016–2018, 2020.

      query 0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11
      question sha256:2222222222222222222222222222222222222222222222222222222222222222
      answered 10 Jan 2026"
    `);
  });

  it('folds the labels on a terminal of 60 columns, in German', () => {
    expect(blocks(quintileRates, { lang: 'de', width: 60 }).slice(0, 3).join('\n\n')).toMatchInlineSnapshot(`
      "SYNTHETISCHE DATEN: erfundene Personen, keine Aussage über
      die Wirklichkeit.
      rate nach Gebiet (deprivation-quintile-2021), Geschlecht
      Register colorectal-ruhr · Zweck
      ehds:PublicHealthSurveillance · Testbereich
      Vollständig: alle 2 Teile sind beantwortet.

      Gebiet (deprivation-                    rate
      quintile-2021)              Geschlecht  je 100.000 (95-%-KI)
      ────────────────────────────────────────────────────────────
      1 (am wenigsten             weiblich      9,8   (7,9–12,0)
      benachteiligt)
                                  männlich     12,3  (10,1–14,9)
                                  Insgesamt    11,0   (9,6–12,6)
      5 (am stärksten             weiblich        ·
      benachteiligt)
                                  männlich    103,4 (40,1–166,2) ?
                                  Insgesamt    18,1  (15,0–21,7)
      ────────────────────────────────────────────────────────────
      Insgesamt                   weiblich     10,5   (9,1–12,1)
                                  männlich     14,2  (12,9–15,6)
                                  Insgesamt    12,4  (11,4–13,4)

      · zurückgehalten: zum Schutz kleiner Gruppen nicht gezeigt.
      Es heißt nicht null.
      ? unsicher: das Intervall ist zu breit, um danach zu
      handeln."
    `);
  });

  it('drops the classes of events before it breaks anything', () => {
    expect(page(quintileRates, { lang: 'de', width: 100 })).toContain('100–199');
    const narrow = page(quintileRates, { lang: 'de', width: 60 });
    expect(narrow).not.toContain('100–199');
    expect(narrow).toContain('12,3  (10,1–14,9)');
  });
});

describe('several measures and every status', () => {
  it('reads like this', () => {
    expect(page(everyStatus)).toMatchInlineSnapshot(`
      "cases, lateShare, rate by Sex
      register colorectal-ruhr · purpose ehds:PublicHealthSurveillance · test realm
      PARTIAL: 1 of 3 parts are answered.

                      lateShare         rate
      Sex     cases   in % (95 % CI)    per 100,000
      ───────────────────────────────────────────────
      female  12,345  31.4 (27.0–36.1)  not collected
      male         0  refused           offline
      ───────────────────────────────────────────────
      Total        ·  not this fine     pending

      · withheld: not shown, to protect small groups. It does not mean zero.
      0 is a true zero: structural, or from open data.
      not collected: there are no data on this.
      not this fine: no holder has it at this grain.
      refused: a holder said no; the list of holders tells why.
      offline: a holder did not answer in time.
      pending: the answer is still awaited.

      To be read as
        The figures describe areas, not individual persons.

      Measures
        cases: Sum over the holders.
        lateShare: Share with 95 % interval (Wilson).
        rate: Directly age-standardised rate with 95 % interval (Fay-Feuer); standard ESP2013-14;
        numerator and denominator met at the numerator's holder.

      Holders
        ✓ Krebsregister (erfunden) (cancer-ruhr): answered · L local release · at least 10 persons per
          cell · as of 31 Dec 2024
        ✗ Stadt Oberhausen (population-oberhausen): refused · O open data · as of 30 Jun 2024
            PURPOSE /permission/0/constraint/2: Ask for a purpose that the agreement names.
        – Stadt Herne (population-herne): offline
        O open data: exact figures that are public anyway.
        L local release: the holder protected the figures before they left; small groups are missing,
        figures may be slightly changed.

      Covers: 1 area (05119), 2020.
      Left out on both sides: 05916 (holder missing).

      query 0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11
      question sha256:2222222222222222222222222222222222222222222222222222222222222222
      answered 10 Jan 2026"
    `);
  });

  it('puts measures that do not fit beside each other below each other, each with its labels', () => {
    const wide = { ...everyStatus, measures: Array.from({ length: 6 }, () => everyStatus.measures).flat() };
    const heads = page(wide, { width: 60 })
      .split('\n')
      .filter((line) => line.startsWith('Sex '));
    expect(heads.length).toBeGreaterThan(1);
  });

  it('explains only what occurs', () => {
    expect(page(quintileRates)).not.toContain('offline:');
    expect(page(everyStatus)).toContain('offline: a holder did not answer in time.');
  });

  it('never shows a withheld cell as a number, nor as nothing', () => {
    const [, table = ''] = blocks(everyStatus);
    expect(table.split('\n').find((line) => line.startsWith('Total'))).toMatch(/^Total +·/);
  });

  it('shows a measure that a cell lacks as pending', () => {
    const cells = [{ by: { sex: 'f' }, measures: {} }];
    expect(page({ ...everyStatus, cells })).toMatch(/female +pending +pending +pending/);
  });
});

describe('an answer without dimensions', () => {
  it('lists its measures', () => {
    expect(blocks(oneCell, { width: 80 })[1]).toMatchInlineSnapshot(`
      "measure            figure
      ────────────────────────────────────────────────────────────────
      cases               4,711
      rate     12.4 (11.4–13.4)  per 100,000 (95 % CI), 100–199 events"
    `);
  });
});

describe('an answer without cells', () => {
  it('says so, and who is missing', () => {
    expect(page(nothing, { lang: 'de', width: 80 })).toMatchInlineSnapshot(`
      "SYNTHETISCHE DATEN: erfundene Personen, keine Aussage über die Wirklichkeit.
      rate nach Gebiet (deprivation-quintile-2021), Geschlecht
      Register colorectal-ruhr · Zweck ehds:PublicHealthSurveillance · Testbereich
      OHNE ERGEBNIS: zu wenige Teile sind beantwortet (0 von 1).

      Keine Zahlen.

      Maße
        rate: Direkt altersstandardisierte Rate mit 95-%-Intervall (Fay-Feuer);
        Standard ESP2013-14; Zähler und Nenner trafen sich bei der Stelle des Zählers.

      Datenstellen
        – Krebsregister (erfunden) (cancer-ruhr): nicht erreicht

      Abfrage 0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11
      Frage sha256:2222222222222222222222222222222222222222222222222222222222222222
      beantwortet 10.01.2026"
    `);
  });
});

describe('the banner', () => {
  it('stands first when anything is invented, and nowhere else', () => {
    expect(page(quintileRates).startsWith('SYNTHETIC DATA')).toBe(true);
    expect(page(quintileRates, { lang: 'de' }).startsWith('SYNTHETISCHE DATEN')).toBe(true);
    expect(page({ ...quintileRates, synthetic: false })).not.toContain('SYNTHETIC');
  });
});

describe('figures', () => {
  const shown = (measure: Partial<Answer['measures'][number]>, cells: Answer['cells'], lang: 'de' | 'en' = 'en') => {
    const [first] = quintileRates.measures;
    const measures = first === undefined ? [] : [{ ...first, ...measure }];
    return blocks({ ...quintileRates, dimensions: [], measures, cells }, { lang })[1] ?? '';
  };
  const cell = (of: ReturnType<typeof figure>): Answer['cells'] => [{ by: {}, measures: { rate: of } }];

  it('keep three digits of a small rate and one decimal of a large one', () => {
    expect(shown({}, cell(figure(0.1234, 0.1, 0.2)))).toContain('0.123 (0.100–0.200)');
    expect(shown({}, cell(figure(1234.56, 1200, 1300)))).toContain('1,234.6 (1,200.0–1,300.0)');
  });

  it('are shares in per cent', () => {
    expect(shown({ kind: 'proportion' }, cell(figure(0.5, 0.25, 0.75)), 'de')).toContain('50,0 (25,0–75,0)');
  });

  it('show a zero with its upper limit', () => {
    expect(shown({}, cell({ status: 'zero', value: 0, lower: 0, upper: 3.7 }))).toContain('0.0 (0.0–3.7)');
  });
});

describe('colour', () => {
  it('changes nothing but the colour', () => {
    const coloured = page(quintileRates, { colour: true });
    expect(coloured).toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(page(quintileRates));
  });
});
