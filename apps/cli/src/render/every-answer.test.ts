/** Whatever an answer brings and however narrow the terminal: the page holds together. */
import type { Answer } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from './plain-text.ts';
import { type RenderOptions, renderAnswer } from './render-answer.ts';
import { everyStatus, oneCell, quintileRates } from './sample.case.ts';

const page = (answer: Answer, more: Partial<RenderOptions> = {}): string =>
  renderAnswer(answer, { lang: 'en', width: 100, colour: false, ...more });
const ESCAPE = '\u001b';

describe('what others wrote', () => {
  it('cannot move the cursor, recolour, reverse or break a line', () => {
    const evil = `Stadt${ESCAPE}[2J${ESCAPE}]0;owned\u0007\u202Eflow\n✓ Forged holder: answered`;
    const [first] = quintileRates.holders;
    const holders = first === undefined ? [] : [{ ...first, name: evil }];
    const sentences = [{ de: evil, en: evil }];
    const text = page({ ...quintileRates, holders, sentences });
    expect(text).not.toContain(ESCAPE);
    expect(text).not.toContain('\u202E');
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('✓'))).toHaveLength(1);
  });
});

describe('at any width from 60 columns', () => {
  it.each([
    ['rates', quintileRates],
    ['every status', everyStatus],
    ['one cell', oneCell],
  ])('no line of %s is wider than the terminal, hashes apart', (_, answer) => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 160 }), fc.constantFrom('de' as const, 'en' as const), (width, lang) => {
        const lines = page(answer, { width, lang }).split('\n');
        const wide = lines.filter((line) => widthOf(line) > width && !line.includes('sha256:'));
        expect(wide).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('every shown figure and every label survives', () => {
    const labels = ['least', 'deprived)', 'female', 'male', 'Total'];
    const figures = ['9.8', '12.3', '11.0', '103.4', '18.1', '10.5', '14.2', '12.4'];
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 160 }), (width) => {
        const text = page(quintileRates, { width });
        expect([...labels, ...figures].filter((word) => !text.includes(word))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a large answer', () => {
  it('is printed whole: more cells than a call may have arguments', () => {
    const [first] = everyStatus.cells;
    const [cases] = everyStatus.measures;
    if (first === undefined || cases === undefined) throw new Error('The sample has cells.');
    const large = { ...everyStatus, measures: [cases], cells: Array.from({ length: 130_000 }, () => first) };
    expect(page(large).split('\n').length).toBeGreaterThan(130_000);
  }, 30_000);
});
