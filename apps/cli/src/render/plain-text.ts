/** The doorstep of the terminal: what others wrote is shown as text, and can neither move the cursor nor recolour a word. */
import { stripVTControlCharacters } from 'node:util';

/** Control and format characters (escape sequences, bidirectional overrides, line breaks) become one space. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .normalize('NFC')
    .trim();

/** Columns that a plain text takes: every label of the house is of single-width characters. */
export const widthOf = (text: string): number => [...text].length;

/** The largest of many; an answer may have more cells than a call may have arguments. */
export const largest = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number), 0);

export const widest = (texts: readonly string[]): number => largest(texts.map(widthOf));
