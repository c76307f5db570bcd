/** Counter-offers: what only takes away is told from everything else. */
import type { Constraint, Permission, PolicyOffer } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { widerPlaces } from './counter-offer.ts';
import { base, constraints, permission, table } from './testing/base.case.ts';

const { timestamp: _, ...terms } = base;
const duty = { '@id': '#d1', action: 'rv:publish' as const, constraint: [] };
const other = { ...table, margins: true };
const asked: PolicyOffer = {
  ...terms,
  '@type': 'Offer',
  'rv:lattice': [table, other],
  permission: [
    {
      ...permission,
      constraint: [
        ...constraints,
        { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [contentHash(table), contentHash(other)] },
        { leftOperand: 'rv:recipientRole', operator: 'isAnyOf', rightOperand: ['researcher', 'planner'] },
      ],
      duty: [duty],
    },
  ],
};
const [own] = asked.permission;
if (own === undefined) throw new Error('no permission');

const withRule = (change: Partial<Permission>): PolicyOffer => ({ ...asked, permission: [{ ...own, ...change }] });
const withOperand = (left: string, rightOperand: unknown): PolicyOffer =>
  withRule({
    constraint: own.constraint.map((one) =>
      // As a counter-offer would come, after admission.
      one.leftOperand === left ? ({ ...one, rightOperand } as Constraint) : one,
    ),
  });
const extra = (constraint: Constraint): PolicyOffer => withRule({ constraint: [...own.constraint, constraint] });

describe('narrower', () => {
  it.each<[string, PolicyOffer]>([
    ['the same', asked],
    ['fewer tables', { ...withOperand('rv:tables', [contentHash(table)]), 'rv:lattice': [table] }],
    ['larger cells', withOperand('rv:minCellSize', '15')],
    ['a smaller budget', withOperand('rv:budgetMicroRho', '10')],
    ['fewer questions', withOperand('odrl:count', '9')],
    ['fewer variables', withOperand('rv:groupVariable', ['sex'])],
    ['one role alone', withOperand('rv:recipientRole', ['researcher'])],
    ['a purpose below', withOperand('rv:purpose', 'ehds:TrainTestAndEvaluateHealthAlgorithms')],
    ['more approvals', withOperand('rv:approval', ['steward', 'signatory', 'committee'])],
    ['one more limit', extra({ leftOperand: 'rv:ageBand', operator: 'lteq', rightOperand: 'ageBand10' })],
    [
      'one more prohibition',
      { ...asked, prohibition: [...asked.prohibition, { '@id': '#x9', action: 'odrl:sell', constraint: [] }] },
    ],
    ['no duty', withRule({ duty: [] })],
    ['a shorter action', withRule({ action: 'rv:feasibilityCount' })],
  ])('is an offer with %s', (_what, offered) => {
    expect(widerPlaces(asked, offered)).toEqual([]);
  });

  it.each<[string, PolicyOffer, string]>([
    ['smaller cells', withOperand('rv:minCellSize', '9'), '/permission/0'],
    ['a larger budget', withOperand('rv:budgetMicroRho', '2000000'), '/permission/0'],
    ['another level, finer or coarser', withOperand('rv:spatialResolution', 'land'), '/permission/0'],
    ['a purpose above', withOperand('rv:purpose', 'rv:PublicInterest'), '/permission/0'],
    ['more variables', withOperand('rv:groupVariable', ['site', 'sex', 'age', 'area', 'uicc']), '/permission/0'],
    ['fewer approvals', withOperand('rv:approval', ['steward']), '/permission/0'],
    ['a limit dropped', withRule({ constraint: own.constraint.slice(1) }), '/permission/0'],
    ['one more permission', { ...asked, permission: [own, { ...own, '@id': '#p2', constraint: [] }] }, '/permission/1'],
    ['a wider action', withRule({ action: 'odrl:use' }), '/permission/0'],
    [
      'a duty that is new',
      withRule({ duty: [duty, { ...duty, '@id': '#d2', action: 'odrl:inform' }] }),
      '/permission/0',
    ],
    ['a table that nobody asked for', { ...asked, 'rv:lattice': [table, { ...table, by: [] }] }, '/rv:lattice/1'],
    ['no prohibition', { ...asked, prohibition: asked.prohibition.slice(1) }, '/prohibition'],
    ['another dataset', { ...asked, target: 'urn:revier:dataset:other' }, '/target'],
    ['another legal basis', { ...asked, 'rv:legalBasis': 'another' }, '/rv:legalBasis'],
    ['other versions', { ...asked, 'rv:codeLists': { 'sex/1': contentHash('other') } }, '/rv:codeLists'],
  ])('is no offer with %s', (_what, offered, place) => {
    expect(widerPlaces(asked, offered)).toEqual([place]);
  });
});
