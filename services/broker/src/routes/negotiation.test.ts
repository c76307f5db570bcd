/** What headers may ask of a route: forms of an answer, and patience. */
import { AppError } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { formatOf } from './formats.ts';
import { waitOf } from './prefer.ts';

describe('the form of an answer', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/csv', 'csv'],
    ['text/*', 'csv'],
    ['application/vnd.json-stat+json', 'json-stat'],
    ['text/csv;q=0.5, application/json;q=0.9', 'json'],
    ['text/csv, application/json;q=0.9', 'csv'],
    ['application/*;q=0.2, text/csv;q=0.3', 'csv'],
    ['application/json;q=0, */*', 'csv'],
    ['TEXT/CSV', 'csv'],
  ])('for %s is %s', (accept, format) => {
    expect(formatOf(undefined, accept)).toBe(format);
  });

  it('is what the address says, whatever the header says', () => {
    expect(formatOf('csv', 'application/json')).toBe('csv');
  });

  it.each(['image/png', 'application/json;q=0', 'text/csv;q=nonsense'])('does not exist for %s', (accept) => {
    expect(() => formatOf(undefined, accept)).toThrow(AppError);
  });
});

describe('Prefer: wait', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['wait=10', 10],
    ['WAIT = "10"', 10],
    ['respond-async, wait=7', 7],
    ['respond-async; wait=7', 7],
    ['wait=100000', 60],
    ['wait=-1', 0],
    ['await=10', 0],
    ['wait=1e9', 0],
  ])('of %j is %d seconds', (prefer, seconds) => {
    expect(waitOf(prefer)).toBe(seconds);
  });
});
