/** The profile beside the outside world: the Dataspace Protocol's own schemas, the published schema, and DPV's codes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policySchemas, purposes } from '@revier/schema';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base, floor, withConstraint } from './testing/base.case.ts';
import { agreements } from './testing/random-policies.case.ts';

const shared = process.env.REVIER_SHARED_DATA ?? join(import.meta.dirname, '../../../../../shared/data');
const dsp = join(shared, 'dsp/negotiation');
const hasDsp = existsSync(dsp);
const title = (of: string): string => (hasDsp ? of : `${of} (skipped: no ../shared/data)`);

describe('the Dataspace Protocol 2025-1', () => {
  it.skipIf(!hasDsp)(title('takes every agreement of the profile as an agreement, by its own schema'), () => {
    const ajv = new Ajv2019({ strict: false });
    for (const name of readdirSync(dsp).filter((file) => file === 'contract-schema.json'))
      ajv.addSchema(JSON.parse(readFileSync(join(dsp, name), 'utf8')));
    const isAgreement = ajv.compile({
      $ref: 'https://w3id.org/dspace/2025/1/negotiation/contract-schema.json#/definitions/Agreement',
    });
    fc.assert(
      fc.property(agreements, (agreement) => {
        expect(isAgreement(agreement), JSON.stringify(isAgreement.errors)).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(isAgreement({ ...base, prohibition: [] })).toBe(false);
    const number = { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: 10 };
    expect(isAgreement(withConstraint(1, number))).toBe(false);
  });
});

describe('the published schema', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const isAgreement = ajv.compile(policySchemas['agreement.v1.schema.json'] ?? {});

  it('takes what the code takes, and refuses unknown terms, operands, operators, types and profiles', () => {
    fc.assert(
      fc.property(agreements, (agreement) => {
        expect(isAgreement(agreement), JSON.stringify(isAgreement.errors)).toBe(true);
      }),
      { numRuns: 50 },
    );
    const bad: readonly unknown[] = [
      { ...base, obligation: [] },
      { ...base, profile: 'urn:revier:profile:2' },
      { ...base, permission: [] },
      { ...base, conflict: 'perm' },
      { ...base, '@type': 'Offer' },
      withConstraint(2, { leftOperand: 'rv:moon', operator: 'eq', rightOperand: 'full' }),
      withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'lteq', rightOperand: '10' }),
      withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '010' }),
      withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: 10 }),
      withConstraint(10, { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00' }),
    ];
    for (const one of bad) expect(isAgreement(one), JSON.stringify(one).slice(0, 200)).toBe(false);
  });

  it('of the floor is closed', () => {
    const isFloor = ajv.compile(policySchemas['floor.v1.schema.json'] ?? {});
    expect(isFloor(floor)).toBe(true);
    expect(isFloor({ ...floor, minCellSize: 2 })).toBe(false);
    expect(isFloor({ ...floor, unlimited: true })).toBe(false);
  });
});

describe('the purpose tree', () => {
  const tables = { ehds: 'dpv-2.3-eu-ehds.csv', gdng: 'dpv-2.3-de-gdng.csv' } as const;
  const hasCodes = existsSync(join(shared, 'purposes'));

  it.skipIf(!hasCodes).each(Object.entries(tables))(
    'names %s purposes as the Data Privacy Vocabulary does',
    (prefix, file) => {
      const terms = new Set(
        [...readFileSync(join(shared, 'purposes', file), 'utf8').matchAll(/^"([A-Za-z0-9-]+)"/gm)].map(
          ([, term]) => term,
        ),
      );
      const own = purposes
        .filter(({ code }) => code.startsWith(`${prefix}:`))
        .map(({ code }) => code.slice(prefix.length + 1));
      expect(own.length).toBeGreaterThan(3);
      for (const term of own) expect(terms, term).toContain(term);
    },
  );

  it('hangs together: parents exist, share the letter, and every letter of Art. 53(1) is there', () => {
    const byCode = new Map(purposes.map((purpose) => [purpose.code, purpose]));
    for (const { parent, basis, title: both } of purposes) {
      if (parent !== null) expect(byCode.get(parent)?.basis).toBe(basis);
      expect(both.de.length * both.en.length).toBeGreaterThan(0);
    }
    const letters = purposes.flatMap(({ basis }) => /53\(1\)\((.)\)/.exec(basis)?.[1] ?? []);
    expect([...new Set(letters)].join('')).toBe('abcdef');
    expect(purposes.filter(({ prohibited }) => prohibited)).toHaveLength(5);
    for (const { basis, publicOnly } of purposes) expect(publicOnly).toBe(/53\(1\)\([abc]\)/.test(basis));
  });
});
