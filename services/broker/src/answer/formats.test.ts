/** One answer in the forms that other programs read. */

import { toCsv, toCsvMetadata } from '@revier/core';
import { Answer } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answer } from './answer.case.ts';
import { toJsonStat } from './json-stat.ts';

it('tests with an answer that fits its schema', () => {
  expect(Answer.parse(answer)).toEqual(answer);
});

describe('CSV', () => {
  it('has a status for each figure, and no figure where none may be shown', () => {
    expect(toCsv(answer).split('\r\n')).toEqual([
      'area,sex,rate,rate_lower,rate_upper,rate_events,rate_status,late,late_status',
      'low,F,12.5,10,15.25,20-49,value,25,value',
      'low,_T,,,,,withheld,,withheld',
      'high,F,3,0,9,,unreliable,0,zero',
      'high,_T,,,,,notCollected,7,value',
      '',
    ]);
  });

  it('quotes what would break a row', () => {
    const [cell] = answer.cells;
    const odd = { ...answer, cells: cell === undefined ? [] : [{ ...cell, by: { area: 'a,"b"', sex: 'F' } }] };
    expect(toCsv(odd).split('\r\n')[1]).toMatch(/^"a,""b""",F,/);
  });

  it('is described by its side-car, column by column', () => {
    const Metadata = z
      .object({
        '@context': z.tuple([z.literal('http://www.w3.org/ns/csvw'), z.object({ '@language': z.literal('en') })]),
        url: z.string(),
        notes: z.array(z.string()),
        tableSchema: z.object({
          columns: z.array(z.object({ name: z.string(), datatype: z.enum(['string', 'number']) }).loose()),
          primaryKey: z.array(z.string()),
        }),
      })
      .loose();
    const metadata = Metadata.parse(toCsvMetadata(answer, 'answer?format=csv'));
    const { columns, primaryKey } = metadata.tableSchema;
    expect(columns.map(({ name }) => name).join(',')).toBe(toCsv(answer).split('\r\n')[0]);
    expect(columns.filter(({ datatype }) => datatype === 'number').map(({ name }) => name)).toEqual([
      'rate',
      'rate_lower',
      'rate_upper',
      'late',
    ]);
    expect(primaryKey).toEqual(['area', 'sex']);
    expect(metadata.notes).toContain('SYNTHETIC');
  });
});

describe('JSON-stat 2.0', () => {
  const Cube = z.object({
    version: z.literal('2.0'),
    class: z.literal('dataset'),
    id: z.array(z.string()),
    size: z.array(z.int()),
    role: z.object({ metric: z.tuple([z.literal('measure')]), geo: z.array(z.string()) }).loose(),
    dimension: z.record(
      z.string(),
      z.object({ category: z.object({ index: z.array(z.string()), label: z.record(z.string(), z.string()) }) }).loose(),
    ),
    value: z.record(z.string(), z.number()),
    status: z.record(z.string(), z.string()),
  });
  const cube = Cube.parse(toJsonStat(answer));

  /** By the rule of the format: row-major, the last dimension runs fastest. */
  function placeOf(codes: readonly string[]): number {
    return cube.id.reduce((at, name, axis) => {
      const index = cube.dimension[name]?.category.index.indexOf(codes[axis] ?? '') ?? -1;
      expect(index).toBeGreaterThanOrEqual(0);
      return at * (cube.size[axis] ?? 0) + index;
    }, 0);
  }

  it('has as many categories as its size says, each with a label', () => {
    expect(cube.id).toEqual(['area', 'sex', 'measure']);
    for (const [axis, name] of cube.id.entries()) {
      const category = cube.dimension[name]?.category;
      expect(category?.index).toHaveLength(cube.size[axis] ?? 0);
      expect(Object.keys(category?.label ?? {})).toEqual(category?.index);
    }
    expect(cube.role.geo).toEqual(['area']);
  });

  it('finds each figure and each status at its place', () => {
    expect(cube.value[placeOf(['low', 'F', 'rate'])]).toBe(12.5);
    expect(cube.value[placeOf(['low', 'F', 'rate_upper'])]).toBe(15.25);
    expect(cube.value[placeOf(['high', 'F', 'late'])]).toBe(0);
    expect(cube.value[placeOf(['low', '_T', 'rate'])]).toBeUndefined();
    expect(cube.status[placeOf(['low', '_T', 'rate'])]).toBe('withheld');
    expect(cube.value[placeOf(['high', '_T', 'late'])]).toBe(7);
    expect(Object.keys(cube.value)).toHaveLength(9);
  });

  it('is whole without a single cell', () => {
    const empty = Cube.parse(toJsonStat({ ...answer, cells: [] }));
    expect([empty.size, empty.value]).toEqual([[2, 1, 4], {}]);
  });
});
