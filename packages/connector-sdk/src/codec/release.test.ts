/** Release bodies: one spelling for one content, and nothing hostile comes through. */
import { digest, discloseOpen, type Release } from '@revier/core';
import { type ReleaseBody, TOTAL } from '@revier/schema';
import { encode } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody } from './body.ts';
import { decodeRelease, encodeRelease } from './release.ts';

const HASH = `sha256:${'a'.repeat(64)}`;
const NONE = Number.NaN;
const [VALUE, ZERO, WITHHELD, UNRELIABLE] = [0, 1, 2, 3];

/** Two dimensions, three cells, one measure of each kind. */
const body = (): ReleaseBody => ({
  format: 'revier-release/1',
  table: HASH,
  keys: [Uint32Array.of(0, 0, TOTAL), Uint32Array.of(1, TOTAL, TOTAL)],
  measures: [
    { kind: 'count', status: Uint8Array.of(VALUE, ZERO, WITHHELD), value: Float64Array.of(12, 0, NONE) },
    { kind: 'sum', status: Uint8Array.of(VALUE, ZERO, WITHHELD), value: Float64Array.of(-4, 0, NONE) },
    {
      kind: 'direct-rate',
      status: Uint8Array.of(VALUE, WITHHELD, UNRELIABLE),
      rate: Float64Array.of(98.5, NONE, 20),
      lower: Float64Array.of(90, NONE, 5),
      upper: Float64Array.of(110, NONE, 60),
      events: Uint8Array.of(2, 255, 0),
    },
  ],
});

const refused = (code: string) => expect.objectContaining({ name: 'AppError', code });
const changed = (measure: Partial<Record<string, unknown>>, at = 0) => {
  const made = body();
  Object.assign(made.measures[at] ?? {}, measure);
  return made;
};

/** The library's own spelling: lengths of maps in three bytes. */
const written = (value: object): Uint8Array => new Uint8Array(encode(value));

describe('a release body', () => {
  it('comes back as it was, and always in the same bytes', () => {
    const bytes = encodeBody(body());
    expect(decodeBody(bytes)).toEqual(body());
    expect(encodeBody(decodeBody(bytes))).toEqual(bytes);
  });

  it('may say how large the noise of a sum is, wherever a sum is shown and nowhere else', () => {
    const [VALUES, GAPS] = [Float64Array.of(-4, 7, NONE), Float64Array.of(3, 10, NONE)];
    const sum = { kind: 'sum', status: Uint8Array.of(VALUE, VALUE, WITHHELD), value: VALUES, sd: GAPS } as const;
    const noised: ReleaseBody = { ...body(), measures: [sum] };
    expect(decodeBody(encodeBody(noised))).toEqual(noised);
    for (const sd of [
      Float64Array.of(3, NONE, NONE),
      Float64Array.of(3, 10, 10),
      Float64Array.of(3, 0, NONE),
      Float64Array.of(3, -1, NONE),
      Float64Array.of(3, 10),
    ])
      expect(() => encodeBody({ ...noised, measures: [{ ...sum, sd }] })).toThrow(refused('INVALID_REQUEST'));
  });

  it('comes back from the middle of a larger buffer', () => {
    const bytes = encodeBody(body());
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(decodeBody(larger.subarray(7, 7 + bytes.length))).toEqual(body());
    expect(decodeBody(Buffer.from(bytes))).toEqual(body());
  });

  it('has its typed arrays as RFC 8746 says, so that others can read it', () => {
    const bytes = Buffer.from(encodeBody({ ...body(), measures: body().measures.slice(0, 1) }));
    const value = Buffer.from('d8565818', 'hex'); // tag 86: float64, low byte first; 24 bytes
    const figures = Buffer.from('00000000000028400000000000000000000000000000f87f', 'hex');
    expect(bytes.includes(Buffer.concat([value, figures]))).toBe(true);
    expect(bytes.includes(Buffer.from('d8464c00000000', 'hex'))).toBe(true); // tag 70: uint32, 12 bytes
    expect(bytes[0]).toBe(0xa4);
  });

  it('can be empty, and can be one cell without dimensions', () => {
    const [count] = body().measures;
    if (count?.kind !== 'count') throw new Error('no count');
    const none = { kind: 'count' as const, status: new Uint8Array(0), value: new Float64Array(0) };
    const empty: ReleaseBody = { ...body(), keys: [new Uint32Array(0)], measures: [none] };
    expect(decodeBody(encodeBody(empty))).toEqual(empty);
    const single = { kind: 'count' as const, status: Uint8Array.of(VALUE), value: Float64Array.of(7) };
    const scalar: ReleaseBody = { ...body(), keys: [], measures: [single] };
    expect(decodeBody(encodeBody(scalar))).toEqual(scalar);
    expect(() => encodeBody({ ...body(), keys: [], measures: [none] })).toThrow(refused('INVALID_REQUEST'));
  });

  it('round-trips whatever is consistent', () => {
    const cells = fc.array(fc.tuple(fc.constantFrom(VALUE, ZERO, WITHHELD), fc.nat()), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(cells, (list) => {
        const figure = ([status, n]: [number, number]) => (status === VALUE ? n : status === ZERO ? 0 : NONE);
        const made: ReleaseBody = {
          ...body(),
          keys: [Uint32Array.from(list, (_, i) => i)],
          measures: [
            { kind: 'count', status: Uint8Array.from(list, ([s]) => s), value: Float64Array.from(list, figure) },
          ],
        };
        expect(decodeBody(encodeBody(made))).toEqual(made);
      }),
    );
  });

  it.each([
    ['columns of different lengths', changed({ value: Float64Array.of(1, 0) })],
    ['a measure shorter than the keys', changed({ status: Uint8Array.of(0), value: Float64Array.of(1) }, 1)],
    ['a short column of events', changed({ events: Uint8Array.of(2) }, 2)],
    ['keys of different lengths', { ...body(), keys: [Uint32Array.of(0, 1, 2), Uint32Array.of(1)] }],
    ['a cell twice', { ...body(), keys: [Uint32Array.of(0, 1, 1), Uint32Array.of(1, 2, 2)] }],
    ['cells out of order', { ...body(), keys: [Uint32Array.of(1, 0, 2), Uint32Array.of(1, 2, 2)] }],
    ['an unknown status', changed({ status: Uint8Array.of(9, 1, 2) })],
    ['a figure where it is withheld', changed({ value: Float64Array.of(12, 0, 3) })],
    ['no figure where there should be one', changed({ value: Float64Array.of(NONE, 0, NONE) })],
    ['an infinite figure', changed({ value: Float64Array.of(Number.POSITIVE_INFINITY, 0, NONE) })],
    ['an absurd figure', changed({ value: Float64Array.of(2 ** 54, 0, NONE) })],
    ['a zero that is not zero', changed({ value: Float64Array.of(12, 1, NONE) })],
    ['a count that is no whole number', changed({ value: Float64Array.of(1.5, 0, NONE) })],
    ['a negative count', changed({ value: Float64Array.of(-1, 0, NONE) })],
    ['a rate above its limits', changed({ rate: Float64Array.of(111, NONE, 20) }, 2)],
    ['a negative rate', changed({ lower: Float64Array.of(-1, NONE, 5) }, 2)],
    ['an unknown class of events', changed({ events: Uint8Array.of(6, 255, 0) }, 2)],
    ['a class of events where nothing is shown', changed({ events: Uint8Array.of(2, 1, 0) }, 2)],
  ])('with %s leaves nowhere and enters nowhere', (_name, wrong) => {
    expect(() => encodeBody(wrong)).toThrow(refused('INVALID_REQUEST'));
    expect(() => decodeBody(written(wrong))).toThrow(refused('INVALID_REQUEST'));
  });

  it.each([
    ['another format', { ...body(), format: 'revier-release/2' }],
    ['no measure', { ...body(), measures: [] }],
    ['a member more', { ...body(), more: 1 }],
    ['plain numbers as keys', { ...body(), keys: [[0, 0, 1], Uint32Array.of(1, 2, 2)] }],
    ['keys of another width', { ...body(), keys: [Uint8Array.of(0, 0, 1), Uint32Array.of(1, 2, 2)] }],
  ])('with %s enters nowhere', (_name, wrong) => {
    expect(() => decodeBody(written(wrong))).toThrow(refused('INVALID_REQUEST'));
  });

  it('written by another hand is refused for its spelling alone', () => {
    expect(() => decodeBody(written(body()))).toThrow(refused('NOT_CANONICAL'));
  });
});

describe('what leaves', () => {
  const release = discloseOpen({
    table: {
      model: 'population/1',
      by: [{ variable: 'area', level: 'district' }],
      margins: true,
      coverage: [],
      measures: [{ kind: 'sum', variable: 'persons', where: [] }],
    },
    tableHash: HASH,
    domain: [[3, 5]],
    raw: {
      measures: [
        {
          kind: 'sum',
          keys: [Uint32Array.of(3, 5, TOTAL)],
          value: Float64Array.of(120, 0, 120),
          missing: Uint8Array.of(0, 0, 0),
        },
      ],
      atoms: null,
    },
    rates: new Map(),
  });

  it('is a release of disclosure control, and arrives as such', () => {
    const bytes = encodeRelease(release);
    expect(decodeRelease(bytes, { bytes: bytes.length, sha256: digest(bytes) })).toEqual(release.body);
  });

  it('is nothing that merely looks like one', () => {
    const alike = { mode: 'O', minCellSize: null, body: body() } as const;
    // @ts-expect-error the type is nominal: only core makes a Release
    const leak = (): Uint8Array => encodeRelease(alike);
    expect(leak).toBeTypeOf('function');
    const genuine: Release = release;
    expect(genuine.mode).toBe('O');
  });

  it('arrives whole or not at all', () => {
    const bytes = encodeRelease(release);
    const sha256 = digest(bytes);
    expect(() => decodeRelease(bytes, { bytes: bytes.length + 1, sha256 })).toThrow(refused('SIGNATURE_INVALID'));
    expect(() => decodeRelease(bytes, { bytes: bytes.length, sha256: HASH })).toThrow(refused('SIGNATURE_INVALID'));
    const cut = bytes.subarray(1);
    expect(() => decodeRelease(cut, { bytes: cut.length, sha256 })).toThrow(refused('SIGNATURE_INVALID'));
  });
});

describe('hostile CBOR', () => {
  const good = encodeBody(body());
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

  it.each([
    ['nothing', ''],
    ['an indefinite map', 'bf6161016162ff'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite text', '7f6161ff'],
    ['a break alone', 'ff'],
    ['a big number', 'c249010000000000000000'],
    ['a date', 'c000'],
    ['a regular expression', 'd81b8266526567457870612e'],
    ['a shared value', 'd81c80'],
    ['a record definition', 'd9dfff8319e0008161610a'],
    ['a packed table', 'd83384808080f6'],
    ['a set', 'd9010281f6'],
    ['a length of 2^63', '5b8000000000000000'],
    ['an array that promises four billion entries', '9affffffff'],
    ['a reserved head', '1c'],
  ])('such as %s is refused', (_name, text) => {
    expect(() => decodeBody(hex(text))).toThrow(refused('INVALID_REQUEST'));
  });

  it('cut off anywhere is refused', () => {
    for (let length = 0; length < good.length; length++)
      expect(() => decodeBody(good.subarray(0, length))).toThrow(refused('INVALID_REQUEST'));
  });

  it('with more behind it is refused', () => {
    expect(() => decodeBody(Uint8Array.of(...good, 0))).toThrow(refused('INVALID_REQUEST'));
    expect(() => decodeBody(Uint8Array.of(...good, ...good))).toThrow(refused('INVALID_REQUEST'));
  });

  it('with a key twice, __proto__, another order or longer lengths is refused', () => {
    const { format, table, keys, measures } = body();
    const map = (...entries: [string, unknown][]) =>
      Uint8Array.of(0xa0 + entries.length, ...entries.flatMap(([key, value]) => [...encode(key), ...encode(value)]));
    const members: [string, unknown][] = Object.entries({ format, table, keys });
    const list: [string, unknown] = ['measures', measures.slice(0, 1)];
    const reference = encodeBody({ format, table, keys, measures: measures.slice(0, 1) });
    expect(() => decodeBody(map(...members, list, ['table', table]))).toThrow(refused('NOT_CANONICAL'));
    expect(() => decodeBody(map(list, ...members))).toThrow(refused('NOT_CANONICAL'));
    expect(() => decodeBody(map(...members, list, ['__proto__', { admin: true }]))).toThrow(refused('INVALID_REQUEST'));
    expect(() => decodeBody(Uint8Array.of(0xb9, 0, 4, ...reference.subarray(1)))).toThrow(refused('NOT_CANONICAL'));
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('with something hidden in the bits of a NaN is refused', () => {
    const hidden = Uint8Array.from(good);
    const at = Buffer.from(hidden).indexOf(Buffer.from('000000000000f87f', 'hex'));
    hidden[at] = 42;
    expect(() => decodeBody(hidden)).toThrow(refused('NOT_CANONICAL'));
  });

  it('with a minus zero is refused, and written as zero it is none', () => {
    const minus = changed({ value: Float64Array.of(12, -0, NONE) });
    expect(encodeBody(minus)).toEqual(good);
    const bytes = Uint8Array.from(good);
    const twelve = Buffer.from(bytes).indexOf(Buffer.from('0000000000002840', 'hex'));
    bytes[twelve + 15] = 0x80;
    expect(() => decodeBody(bytes)).toThrow(refused('NOT_CANONICAL'));
  });

  it('that would keep the processor busy for hours is refused at once', () => {
    const bigNumber = new Uint8Array(4_000_006);
    bigNumber.set(hex('c25a003d0900'));
    const nested = new Uint8Array(10_000_000).fill(0x81);
    const wide = new Uint8Array(10_000_005).fill(0xf6);
    wide.set(hex('9a00989680'));
    const begun = performance.now();
    for (const bytes of [bigNumber, nested, wide]) expect(() => decodeBody(bytes)).toThrow(refused('INVALID_REQUEST'));
    expect(performance.now() - begun).toBeLessThan(200);
  });

  it('of any kind throws an AppError and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeBody(bytes)).toThrow(expect.objectContaining({ name: 'AppError' }));
      }),
      { numRuns: 2000 },
    );
  });

  it('made by changing a good body is refused, or says something else in its one spelling', () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        const decoded = decodedOrError(bytes);
        if (decoded instanceof Error) expect(decoded.name).toBe('AppError');
        else expect(encodeBody(decoded)).toEqual(bytes);
        const expected = { bytes: good.length, sha256: digest(good) };
        if (Buffer.compare(bytes, good) === 0) expect(decodeRelease(bytes, expected)).toEqual(body());
        else expect(() => decodeRelease(bytes, expected)).toThrow(refused('SIGNATURE_INVALID'));
      }),
      { numRuns: 3000 },
    );
  });
});

function decodedOrError(bytes: Uint8Array): ReleaseBody | Error {
  try {
    return decodeBody(bytes);
  } catch (error) {
    return error instanceof Error ? error : new Error('not even an error');
  }
}
