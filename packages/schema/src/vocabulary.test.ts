/** The vocabulary that ships with Revier is sound: lists are hierarchies, models name lists that exist, standards add up. */
import { describe, expect, it } from 'vitest';
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  CodeList,
  codeLists,
  DataModel,
  purposes,
  Standard,
} from './index.ts';

describe('code lists', () => {
  it.each(builtInCodeLists.map((list) => [list.id, list] as const))(
    '%s is a proper hierarchy with unique codes',
    (_, list) => {
      expect(CodeList.parse(list)).toEqual(list);
      expect(new Set(list.codes.map((entry) => entry.code)).size).toBe(list.codes.length);
      const levelOf = new Map(list.codes.map((entry) => [entry.code, list.levels.indexOf(entry.level)]));
      for (const entry of list.codes) {
        const level = list.levels.indexOf(entry.level);
        expect(level).toBeGreaterThanOrEqual(0);
        if (level < list.levels.length - 1)
          expect(levelOf.get(entry.parent ?? ''), `parent of ${entry.code}`).toBe(level + 1);
        else expect(entry.parent).toBeUndefined();
      }
    },
  );

  it('age bands nest: every single year lies in the band that its name says', () => {
    const parentOf = new Map(codeLists.age.codes.map((entry) => [entry.code, entry.parent]));
    const band14 = (age: number) => parentOf.get(parentOf.get(String(age)) ?? '');
    expect([0, 9, 10, 14, 64, 65, 74, 75, 120].map(band14)).toEqual([
      '00-09',
      '00-09',
      '10-14',
      '10-14',
      '60-64',
      '65-74',
      '65-74',
      '75+',
      '75+',
    ]);
  });

  it('puts every three-character cancer code under exactly one site group', () => {
    const groups = new Map(
      codeLists.site.codes.filter((entry) => entry.level === 'category').map((entry) => [entry.code, entry.parent]),
    );
    expect(groups.size).toBe(98);
    expect([groups.get('C18'), groups.get('C19'), groups.get('C20'), groups.get('C21'), groups.get('C17')]).toEqual([
      'C18-C20',
      'C18-C20',
      'C18-C20',
      'C21.',
      'other',
    ]);
  });
});

describe('data models', () => {
  it.each(builtInModels.map((model) => [model.id, model] as const))('%s names only what exists', (_, model) => {
    expect(DataModel.parse(model)).toEqual(model);
    const names = model.variables.map((variable) => variable.name);
    expect(new Set(names).size).toBe(names.length);
    for (const variable of model.variables)
      if (variable.role === 'dimension' && variable.codeList !== null)
        expect(builtInCodeLists.map((list) => list.id)).toContain(variable.codeList);
    for (const identifier of [model.record, model.person]) if (identifier !== null) expect(names).toContain(identifier);
    for (const unit of Object.values(model.units))
      if (unit.kind === 'distinct') expect(names).toContain(unit.identifier);
  });
});

describe('standard populations', () => {
  it.each(builtInStandards.map((standard) => [standard.name, standard] as const))(
    '%s has 14 groups that add up to 100,000',
    (_, standard) => {
      expect(Standard.parse(standard)).toEqual(standard);
      expect(standard.weights).toHaveLength(14);
      expect(standard.weights.reduce((sum, [, weight]) => sum + weight, 0)).toBe(100_000);
    },
  );
});

describe('purposes', () => {
  it('form a tree without prohibited codes among the allowed', () => {
    const codes = new Map(purposes.map((purpose) => [purpose.code, purpose]));
    expect(codes.size).toBe(purposes.length);
    for (const purpose of purposes)
      if (purpose.parent !== null) expect(codes.get(purpose.parent)?.prohibited).toBe(false);
  });
});
