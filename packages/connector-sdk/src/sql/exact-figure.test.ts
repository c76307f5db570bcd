/** What may pass as a figure. */
import { describe, expect, it } from 'vitest';
import { exactFigure } from './exact-figure.ts';

describe('a figure of an engine', () => {
  it.each([
    [0n, 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-12', -12],
    [7, 7],
  ])('is taken: %s', (value, figure) => expect(exactFigure(value)).toBe(figure));

  it.each([null, undefined, '9007199254740992', 2n ** 53n, '1.5', 'NaN', 'x'])('is refused: %s', (value) =>
    expect(() => exactFigure(value)).toThrow(/exact/),
  );
});
