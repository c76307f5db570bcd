/** JSON as it is meant: all that is refused although a tolerant reader would take it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_LIMIT, jsonPointer, parseJson, parseJsonBytes } from './parse-json.ts';

const MALFORMED = { code: 'MALFORMED_JSON' };

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    const harmless = fc.json({ maxDepth: 6 }).filter((text) => !/"(?:__proto__|constructor|prototype)"/.test(text));
    fc.assert(
      fc.property(harmless, (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '[1,]',
    '01',
    'NaN',
    '{"a":1}{"b":2}',
    '// x\n1',
    '"\u0001"',
    'undefined',
  ])('is not %j', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining(MALFORMED));
  });

  it('has each key once, however it is written, and says where not', () => {
    for (const text of ['{"b":[{"a":1,"a":1}]}', '{"b":[{"a":1,"\\u0061":2}]}']) {
      expect(() => parseJson(text)).toThrow(
        expect.objectContaining({
          ...MALFORMED,
          options: expect.objectContaining({ errors: [{ pointer: '/b/0/a', detail: 'the key stands here twice' }] }),
        }),
      );
    }
    expect(parseJson('[{"a":1},{"a":{"a":2}}]')).toEqual([{ a: 1 }, { a: { a: 2 } }]);
  });

  it('has no key that reaches a prototype', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      expect(() => parseJson(`{"x":{"${key}":1}}`)).toThrow(expect.objectContaining(MALFORMED));
    }
    expect(parseJson('["__proto__"]')).toEqual(['__proto__']);
  });

  it('is at most 64 levels deep', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(() => parseJson(nested(JSON_DEPTH_LIMIT))).not.toThrow();
    expect(() => parseJson(nested(JSON_DEPTH_LIMIT + 1))).toThrow(expect.objectContaining(MALFORMED));
    expect(() => parseJson('{"a":'.repeat(200_000))).toThrow(expect.objectContaining(MALFORMED));
    expect(parseJson(`[${'[],'.repeat(1000)}[]]`)).toHaveLength(1001);
  });

  it('is UTF-8 without a byte order mark', () => {
    expect(parseJsonBytes(Buffer.from('"ß€😀"'))).toBe('ß€😀');
    expect(() => parseJsonBytes(Buffer.from([0x22, 0xc3, 0x22]))).toThrow(expect.objectContaining(MALFORMED));
    expect(() => parseJsonBytes(Buffer.from('\ufeff1'))).toThrow(expect.objectContaining(MALFORMED));
  });

  it('never appears in the error', () => {
    expect(() => parseJson('{"name":"Erika Mustermann"')).toThrow(expect.not.stringContaining('Erika'));
  });
});

describe('a pointer', () => {
  it('escapes as RFC 6901 says', () => {
    expect(jsonPointer([])).toBe('');
    expect(jsonPointer(['a/b', 'm~n', 0, ''])).toBe('/a~1b/m~0n/0/');
  });
});
