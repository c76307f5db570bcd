/** Registers as agreements make them. */
import { purposeSchemeHash } from '@revier/core';
import { type Agreement, RegisterView } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import type { PublishedAgreement } from '../catalogue-ports.ts';
import { USER } from '../testing/data-space.case.ts';
import { applicationOf } from '../testing/letters.case.ts';
import { type RegisterFacts, registersOf } from './list-registers.ts';

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;

function agreed(holder: string, register: string, end?: string): PublishedAgreement {
  const agreement: Agreement = {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Agreement',
    '@id': 'urn:uuid:7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d',
    profile: 'urn:revier:profile:1',
    conflict: 'prohibit',
    timestamp: '2026-01-01T00:00:00Z',
    assigner: `did:web:${holder}.example`,
    assignee: 'did:web:university.example',
    target: `urn:revier:dataset:${holder}`,
    'rv:register': `urn:revier:register:${register}`,
    'rv:realm': 'test',
    'rv:version': 1,
    'rv:purposeScheme': purposeSchemeHash,
    'rv:legalBasis': 'invented for tests',
    'rv:dataModels': {},
    'rv:codeLists': {},
    'rv:lookups': {},
    'rv:standards': {},
    'rv:lattice': [],
    permission: [
      {
        '@id': '#p1',
        action: 'rv:aggregate',
        constraint: [
          { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:PublicHealthSurveillance' },
          ...(end === undefined
            ? []
            : [{ leftOperand: 'odrl:dateTime' as const, operator: 'lt' as const, rightOperand: end }]),
        ],
      },
    ],
    prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
  };
  const jws = { payload: 'e30', signatures: [{ protected: 'e30', signature: 'AA' }] };
  return { hash: hash(String(holder.length % 10)), agreement, jws };
}

const facts = (agreements: readonly PublishedAgreement[], more: Partial<RegisterFacts> = {}): RegisterFacts => ({
  agreements,
  applications: [],
  negotiations: [],
  stands: [],
  ...more,
});

it('there are no registers without agreements', () => {
  expect(registersOf(facts([]))).toEqual([]);
});

it('a register is what its agreements make it, and lasts until the first of them ends', () => {
  const registers = registersOf(
    facts([
      agreed('registry', 'rehab-return', '2030-01-01T00:00:00Z'),
      agreed('city', 'colorectal-ruhr', '2029-06-01T00:00:00Z'),
      agreed('registry', 'colorectal-ruhr', '2031-01-01T00:00:00Z'),
      agreed('clinic', 'colorectal-ruhr'),
    ]),
  );
  for (const register of registers) expect(RegisterView.parse(register)).toEqual(register);
  expect(registers.map(({ id, expires, title }) => [id, expires, title.en])).toEqual([
    ['urn:revier:register:colorectal-ruhr', '2029-06-01T00:00:00Z', 'Colorectal ruhr'],
    ['urn:revier:register:rehab-return', '2030-01-01T00:00:00Z', 'Rehab return'],
  ]);
  expect(registers[0]?.agreements.map(({ holder }) => holder)).toEqual([
    'did:web:city.example',
    'did:web:registry.example',
    'did:web:clinic.example',
  ]);
  expect(registers[0]?.purpose).toBe('ehds:PublicHealthSurveillance');
});

describe('what letters say', () => {
  const register = 'urn:revier:register:rehab-return';
  const applied = { application: applicationOf({ register }), hash: hash('a'), jws: 'a.b.c' };
  const standing = {
    ...{ register, dataUser: USER, holder: 'did:web:registry.example', dataset: 'urn:revier:dataset:registry' },
    ...{ state: 'REQUESTED' as const, since: Date.parse('2026-01-02T00:00:00Z') },
  };

  it('names a register, also before anybody agrees; its end is that of the agreements', () => {
    const { title, aim, expires } = applied.application;
    const views = registersOf(facts([], { applications: [applied], negotiations: [standing] }));
    for (const view of views) expect(RegisterView.parse(view)).toEqual(view);
    expect(views).toMatchObject([{ id: register, title, expires, agreements: [], application: { aim } }]);
    expect(views[0]?.negotiations).toEqual([
      { holder: standing.holder, dataset: standing.dataset, state: 'REQUESTED', since: '2026-01-02T00:00:00.000Z' },
    ]);
    const both = facts([agreed('registry', 'rehab-return', '2030-01-01T00:00:00Z')], { applications: [applied] });
    expect(registersOf(both)).toMatchObject([{ title, expires: '2030-01-01T00:00:00Z' }]);
  });

  it('of somebody who is not its data user changes nothing', () => {
    const dataUser = 'did:web:other.example';
    const foreign = { ...applied, application: { ...applied.application, dataUser } };
    const given = facts([agreed('registry', 'rehab-return')], {
      applications: [foreign],
      negotiations: [{ ...standing, dataUser }],
    });
    expect(registersOf(given)).toEqual(registersOf(facts([agreed('registry', 'rehab-return')])));
  });
});
