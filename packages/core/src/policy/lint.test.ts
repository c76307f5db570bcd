/** The linter: every finding is found where it is, and what it says can never fire never does. */
import type { Agreement, Constraint, Permission } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { admitAgreement } from './admit-agreement.ts';
import { evaluate } from './evaluate.ts';
import { findingTexts } from './findings.ts';
import { lintPolicy } from './lint.ts';
import { base, floor, permission, table } from './testing/base.case.ts';
import { inputs } from './testing/random-policies.case.ts';

const clean: Constraint[] = [
  { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:HealthcareScientificResearch' },
  { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [contentHash(table)] },
  { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00Z' },
];
const rule = (...constraint: Constraint[]): Permission => ({ '@id': '#p1', action: 'rv:aggregate', constraint });
const withRules = (...permissions: Permission[]): Agreement => ({
  ...base,
  permission: permissions.map((one, at) => ({ ...one, '@id': `#p${at}` })),
});
const duty = { '@id': '#d1', action: 'rv:attribute' as const, constraint: [] };
const ten: Constraint = { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '10' };
const against = (constraint: Constraint[]): Agreement => ({
  ...withRules(rule(...clean)),
  prohibition: [{ '@id': '#x1', action: 'odrl:use', constraint }],
});

const cases: readonly [string, Agreement, readonly string[]][] = [
  ['nothing odd', withRules(rule(...clean)), []],
  [
    'an empty period',
    withRules(rule(...clean, { leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: '2027-01-01T00:00:00Z' })),
    ['WINDOW_EMPTY /permission/0'],
  ],
  ['no end', withRules(rule(...clean.slice(0, 2))), ['WINDOW_OPEN /permission/0']],
  ['no purpose', withRules(rule(...clean.slice(1))), ['PURPOSE_OPEN /permission/0']],
  ['no tables', withRules(rule(...clean.filter((_, at) => at !== 1))), ['TABLES_OPEN /permission/0']],
  [
    'purposes of two branches',
    withRules(rule(...clean, { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:ImproveHealthcare' })),
    ['NEVER_FIRES /permission/0', 'REPEATED /permission/0/constraint/3'],
  ],
  [
    'no question at all',
    withRules(rule(...clean, { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '0' })),
    ['NEVER_FIRES /permission/0'],
  ],
  [
    'a public purpose for a company',
    withRules(
      rule(
        { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:PublicHealthSurveillance' },
        ...clean.slice(1),
        { leftOperand: 'rv:recipientSector', operator: 'isAnyOf', rightOperand: ['commercial'] },
      ),
    ),
    ['PURPOSE_OUTSIDE_SECTOR /permission/0'],
  ],
  ['a bare prohibition above it', against([]), ['SHADOWED /permission/0']],
  [
    'a prohibition under conditions that it has itself',
    against(clean.slice(0, 1)),
    ['SHADOWED /permission/0', 'CONFLICT /prohibition/0'],
  ],
  [
    'a prohibition beside it',
    against([{ leftOperand: 'rv:groupVariable', operator: 'isAnyOf', rightOperand: ['site'] }]),
    ['CONFLICT /prohibition/0'],
  ],
  [
    'two limits for one occasion',
    withRules(rule(...clean), rule(...clean, ten)),
    ['AMBIGUOUS /permission/0', 'AMBIGUOUS /permission/1'],
  ],
  [
    'a duty that the other permission lacks',
    withRules({ ...rule(...clean), duty: [duty] }, rule(...clean)),
    ['DUTY_AVOIDABLE /permission/0/duty/0'],
  ],
  [
    'a table that nobody may ask',
    { ...withRules(rule(...clean)), 'rv:lattice': [table, { ...table, margins: true }] },
    ['TABLE_UNUSED /rv:lattice/1'],
  ],
];

describe('the linter finds', () => {
  it.each(cases)('%s', (_, agreement, expected) => {
    expect(() => admitAgreement(agreement)).not.toThrow();
    expect(lintPolicy(agreement).map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
  });

  it('a threshold below the floor, where the floor is known', () => {
    const agreement = withRules(rule(...clean, ten));
    expect(lintPolicy(agreement, floor)).toEqual([]);
    expect(lintPolicy(agreement, { ...floor, minCellSize: 11 })).toMatchObject([
      { code: 'BELOW_FLOOR', severity: 'warning', pointer: '/permission/0/constraint/3' },
    ]);
  });

  it('each of its findings in this file', () => {
    const found = new Set(cases.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[0] ?? '')));
    expect([...found, 'BELOW_FLOOR'].sort()).toEqual(Object.keys(findingTexts).sort());
    expect(permission.constraint.length).toBeGreaterThan(0);
  });

  it('only what is true: a permission that can never fire is never the active one', () => {
    fc.assert(
      fc.property(inputs.arbitrary, ({ input, agreement }) => {
        const dead = lintPolicy(agreement)
          .filter(({ code }) => code === 'NEVER_FIRES' || code === 'WINDOW_EMPTY' || code === 'PURPOSE_OUTSIDE_SECTOR')
          .map(({ pointer }) => pointer);
        const { decision, rules } = evaluate(input);
        const active = rules
          .filter(({ activationState }) => activationState === 'active')
          .map(({ pointer }) => pointer);
        const alive = active.filter((pointer) => pointer.startsWith('/permission') && !dead.includes(pointer));
        expect(decision === 'allow' && alive.length === 0).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
