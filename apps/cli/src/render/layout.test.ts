/** Wrapping: nothing is lost, nothing is wider than it may be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap } from './layout.ts';
import { spans } from './notes.ts';
import { plain, widthOf } from './plain-text.ts';

describe('wrap', () => {
  it('breaks at spaces and inside words at hyphens, but not in numbers', () => {
    expect(wrap('Area (deprivation-quintile-2021)', 18)).toEqual(['Area (deprivation-', 'quintile-2021)']);
    expect(wrap('a 95-%-KI', 8)).toEqual(['a', '95-%-KI']);
  });

  it('loses no letter and keeps the width', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), fc.integer({ min: 3, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('plain', () => {
  it('leaves no control or format character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('spans', () => {
  it('reads years as one would say them', () => {
    expect(spans([2020, 2016, 2017, 2018, 2018])).toBe('2016–2018, 2020');
    expect(spans([])).toBe('');
  });
});
