/** The guard asks this node's own papers, whatever the query says. */
import { contentHash } from '@revier/core';
import type { Agreement, DisclosureRules, QuestionInput, Table } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { question, type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { fileAgreements } from './file-agreements.ts';
import { verifySubmission, verifyTask } from './gate.ts';
import { grantedOn } from './granted-tables.ts';
import { grant, openGranted } from './guard.ts';
import { Refusal } from './refusal.ts';

const signal = new AbortController().signal;

async function granted(small: SmallHouse) {
  const task = small.task(await small.ask());
  return grant(
    await verifyTask(task, await verifySubmission(task, small.queryOf(task), small.house.self), small.house, signal),
    small.house,
  );
}

async function codes(small: SmallHouse): Promise<string[]> {
  const fault = await granted(small).catch((error: unknown) => error);
  return fault instanceof Refusal ? fault.reasons.map(({ code }) => code) : [`not refused: ${String(fault)}`];
}

const bySex: QuestionInput = { ...question, by: [{ variable: 'sex' }] };
/** With all totals: noise is averaged to less than half of it. */
const crossed: QuestionInput = { ...question, by: [...(question.by ?? []), { variable: 'sex' }], margins: true };

describe('an agreement that was given as a file', () => {
  const cellKey = { disclosure: { method: 'cell-key' as const } };

  it('is refused where its tables cannot be granted together, and says why', async () => {
    const small = await smallHouse({ questions: [question, crossed] }, cellKey);
    const fault = await granted(small).catch((error: unknown) => error);
    if (!(fault instanceof Refusal)) throw new Error('not refused');
    expect(fault.reasons.map(({ code, pointer }) => [code, pointer])).toEqual([['POLICY_INVALID', '/rv:lattice']]);
    expect(fault.reasons[0]?.hint).toContain('from a file');
    expect(small.memory.charges).toEqual([]);
  });

  it('is granted where noise protects its tables together', async () => {
    const facts = openGranted(await granted(await smallHouse({ questions: [question, bySex] }, cellKey)));
    expect(facts.minCellSize).toBe(5);
  });

  it('passes as advice in the realm test, and nowhere else', async () => {
    const small = await smallHouse({ questions: [question, crossed] }, cellKey);
    const { house, vocabulary } = small;
    const stored = (
      await house.agreements.named([small.agreement.hash], question.register, small.agreement.agreement.target)
    )[0];
    if (stored === undefined) throw new Error('nothing is stored');
    const { memory } = small;
    const of = (realm: 'test' | 'production') =>
      fileAgreements({
        ...{ ...house, agreements: memory.agreements, latticeIsAdvice: true },
        self: { ...house.self, realm },
      }).assertSafe(stored, vocabulary);
    await expect(of('test')).resolves.toBeUndefined();
    await expect(of('production')).rejects.toBeInstanceOf(Refusal);
  });
});

describe('tables beside which others are granted', () => {
  it('are those of agreements in force, and of those that are over what was answered', async () => {
    const small = await smallHouse({ questions: [question, bySex] });
    const { agreement, hash } = small.agreement;
    const [first, second] = agreement['rv:lattice'];
    if (first === undefined || second === undefined) throw new Error('there are two tables');
    const next = { ...agreement, 'rv:version': 2 };
    const tables = (status: 'ACTIVE' | 'EXPIRED', answered: readonly Table[]) =>
      grantedOn(next, {
        agreements: { list: async () => [{ stored: { hash, agreement }, life: { status, seq: 1, tightened: false } }] },
        history: { answered: async () => new Set(answered.map(contentHash)) },
      });
    expect(await tables('ACTIVE', [])).toEqual([first, second]);
    expect(await tables('EXPIRED', [])).toEqual([]);
    expect(await tables('EXPIRED', [second])).toEqual([second]);
    expect(await grantedOn(agreement, { ...small.memory, history: small.house.history })).toEqual([]);
  });
});

describe('the guard', () => {
  it('grants what the agreement lists, under its hash', async () => {
    const small = await smallHouse();
    const facts = openGranted(await granted(small));
    expect(facts.agreement).toBe(small.agreement.hash);
    expect(facts.key).toMatchObject({ dataset: facts.own.dataset.id, table: facts.own.tableHash, minCellSize: 5 });
    expect(facts.prepared.domain).toEqual([[0, 1]]);
  });

  it.each([
    ['10', 5, 10],
    ['3', 7, 7],
  ])('applies the larger threshold of agreement (%s) and floor (%i)', async (agreed, floor, applied) => {
    const small = await smallHouse(
      {
        change: (agreement) => ({
          ...agreement,
          permission: agreement.permission.map((rule) => ({
            ...rule,
            constraint: [
              ...rule.constraint,
              { leftOperand: 'rv:minCellSize' as const, operator: 'gteq' as const, rightOperand: agreed },
            ],
          })),
        }),
      },
      { minCellSize: floor },
    );
    expect(openGranted(await granted(small)).minCellSize).toBe(applied);
  });

  it('refuses without a stored agreement, and with another one than the query names', async () => {
    const small = await smallHouse();
    small.stored = undefined;
    expect(await codes(small)).toEqual(['NOT_AGREED']);
    small.stored = { hash: `sha256:${'0'.repeat(64)}`, agreement: small.agreement.agreement };
    expect(await codes(small)).toEqual(['NOT_AGREED']);
  });

  it('refuses when the stored agreement is not the one that was signed', async () => {
    const small = await smallHouse();
    const [prohibition] = small.agreement.agreement.prohibition;
    if (prohibition === undefined) throw new Error('the agreement prohibits something');
    const widened = {
      ...small.agreement.agreement,
      prohibition: [{ ...prohibition, action: 'rv:linkRecords' }],
    };
    small.stored = { hash: small.agreement.hash, agreement: widened };
    expect(await codes(small)).toEqual(['NOT_AGREED']);
    small.stored = { hash: small.agreement.hash, agreement: { '@type': 'Agreement' } };
    expect(new Set(await codes(small))).toEqual(new Set(['POLICY_INVALID']));
  });

  it('refuses what the floor does not allow, whatever was agreed', async () => {
    expect(await codes(await smallHouse({}, { maxDimensions: 0 }))).toEqual(['FLOOR']);
    expect(await codes(await smallHouse({}, { maxCells: 1 }))).toEqual(['FLOOR']);
  });

  it('refuses an agreement that is over', async () => {
    const small = await smallHouse({
      change: (agreement) => ({
        ...agreement,
        permission: agreement.permission.map((rule) => ({
          ...rule,
          constraint: [
            { leftOperand: 'odrl:dateTime' as const, operator: 'lt' as const, rightOperand: '2020-01-01T00:00:00Z' },
          ],
        })),
      }),
    });
    expect(await codes(small)).toEqual(['NOT_IN_FORCE']);
  });

  const agreeing = (V: number) => ({
    change: (agreement: Agreement) => ({ ...agreement, 'rv:perturbation': { D: 5, V, js: 2 } }),
  });

  it('grants agreed noise only where the floor makes the very same', async () => {
    const cellKey = { disclosure: { method: 'cell-key' as const } };
    const facts = openGranted(await granted(await smallHouse(agreeing(3), cellKey)));
    expect(facts.cellKeys?.perturbation).toEqual({ D: 5, V: 3, js: 2 });
    expect(facts.prepared.source.protection).toEqual({ personCap: 4, topContributions: 2 });
    expect(await codes(await smallHouse(agreeing(2.5), cellKey))).toEqual(['VERSION_DIFFERS']);
    expect(await codes(await smallHouse(agreeing(3)))).toEqual(['VERSION_DIFFERS']);
    expect(await codes(await smallHouse(agreeing(3), { disclosure: { method: 'suppress' } }))).toEqual([
      'VERSION_DIFFERS',
    ]);
  });

  it('asks the archive for nothing more where counts are suppressed, and knows other noise for another answer', async () => {
    const plain = openGranted(await granted(await smallHouse()));
    expect([plain.cellKeys, plain.prepared.source.protection]).toEqual([null, undefined]);
    const versions = async (disclosure: DisclosureRules | undefined) =>
      openGranted(await granted(await smallHouse({}, disclosure === undefined ? {} : { disclosure }))).key.versions;
    expect(await versions({ method: 'suppress' })).toBe(plain.key.versions);
    const [one, other] = [await versions({ method: 'cell-key' }), await versions({ method: 'cell-key', personCap: 2 })];
    expect(new Set([plain.key.versions, one, other]).size).toBe(3);
  });
});
