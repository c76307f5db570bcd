/** Plain language: every term has a sentence in both languages, and a difference names exactly what changed. */
import type { Agreement, Constraint } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPolicies, renderPolicy } from './render.ts';
import { base, constraints, permission } from './testing/base.case.ts';
import { agreements, narrowed } from './testing/random-policies.case.ts';

const lines = (agreement: Agreement, lang: 'de' | 'en'): string[] => renderPolicy(agreement).map((one) => one[lang]);
const withConstraints = (constraint: Constraint[]): Agreement => ({
  ...base,
  permission: [{ ...permission, constraint }],
});

describe('an agreement in words', () => {
  it('reads in German', () => {
    expect(lines(base, 'de').slice(9, 15)).toEqual([
      'Erlaubt ist: anonymisierte Statistiken erhalten.',
      '– nur zum Zweck „Wissenschaftliche Forschung zur Gesundheit“ oder einem engeren.',
      '– keine Zelle mit weniger als 10 Personen.',
      '– nur diese Maße: Anzahlen, Raten.',
      '– gegliedert höchstens nach: site, sex, age, area.',
      '– gefiltert höchstens nach: sex, diagnosisYear.',
    ]);
  });

  it('reads in English', () => {
    const all = lines(base, 'en');
    expect(all).toContain('– only before 2027-01-01, 00:00 UTC.');
    expect(all).toContain('– only with approval by: data steward, authorised signatory (each another person).');
    expect(all.at(-1)).toBe('Prohibited: link records.');
  });

  it('leaves no rule, limit or duty out, and fills every blank', () => {
    fc.assert(
      fc.property(agreements, (agreement) => {
        const sentences = renderPolicy(agreement);
        const pointers = new Set(sentences.map(({ pointer }) => pointer));
        for (const kind of ['permission', 'prohibition'] as const)
          agreement[kind].forEach((rule, at) => {
            expect(pointers).toContain(`/${kind}/${at}`);
            rule.constraint.forEach((_, place) => {
              expect(pointers).toContain(`/${kind}/${at}/constraint/${place}`);
            });
          });
        for (const { de, en } of sentences) expect(`${de}${en}`).not.toMatch(/%|undefined|\[object/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the difference of two agreements', () => {
  it('is empty between equals, whatever the order of limits', () => {
    expect(diffPolicies(base, withConstraints([...constraints].reverse()))).toEqual([]);
  });

  it('names what was changed, added and dropped, with the place', () => {
    const kept = constraints.filter(({ leftOperand }) => leftOperand !== 'odrl:count');
    const coarser: Constraint[] = [
      ...kept.with(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '15' }),
      { leftOperand: 'rv:temporalResolution', operator: 'lteq', rightOperand: 'year' },
    ];
    expect(diffPolicies(base, withConstraints(coarser))).toEqual([
      {
        kind: 'removed',
        pointer: '/permission/0/constraint/8',
        de: 'Entfällt: höchstens 50 Fragen.',
        en: 'Dropped: at most 50 questions.',
      },
      {
        kind: 'changed',
        pointer: '/permission/0/constraint/1',
        de: 'Geändert: bisher keine Zelle mit weniger als 10 Personen. Jetzt keine Zelle mit weniger als 15 Personen.',
        en: 'Changed: so far no cell of fewer than 10 persons. Now no cell of fewer than 15 persons.',
      },
      {
        kind: 'added',
        pointer: '/permission/0/constraint/11',
        de: 'Neu: zeitlich nicht feiner als „year“.',
        en: 'New: no finer in time than “year”.',
      },
    ]);
  });

  it('sees tables swapped for others of the same number', () => {
    const [table] = base['rv:lattice'];
    if (table === undefined) throw new Error('base B has a table');
    expect(diffPolicies(base, { ...base, 'rv:lattice': [{ ...table, margins: true }] })).toMatchObject([
      { kind: 'changed', pointer: '/rv:lattice' },
    ]);
  });

  it('is there exactly when a rule differs', () => {
    fc.assert(
      fc.property(agreements, (agreement) => {
        const stricter = {
          ...agreement,
          permission: agreement.permission.map((rule) => ({ ...rule, constraint: rule.constraint.map(narrowed) })),
        };
        const isSame = JSON.stringify(stricter) === JSON.stringify(agreement);
        expect(diffPolicies(agreement, stricter).length === 0).toBe(isSame);
        expect(diffPolicies(agreement, agreement)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
