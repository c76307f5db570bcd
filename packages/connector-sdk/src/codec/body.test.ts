/** The one spelling of a body: for any content, at any place in memory, and whatever byte is changed. */
import type { ReleaseBody } from '@revier/schema';
import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody } from './body.ts';

const HASH = `sha256:${'b'.repeat(64)}`;
const NONE = Number.NaN;
const [VALUE, ZERO, WITHHELD, UNRELIABLE] = [0, 1, 2, 3];

const refused = (code: string) => expect.objectContaining({ name: 'AppError', code });

type Cell = readonly [status: number, figure: number];

const shown = ([status, figure]: Cell) => (status === WITHHELD ? NONE : status === ZERO ? 0 : figure);

/** A count and a rate in the same cells: so many that heads of one, two and three bytes occur. */
function bodyOf(cells: readonly Cell[]): ReleaseBody {
  const status = Uint8Array.from(cells, ([own]) => own);
  const figures = () => Float64Array.from(cells, shown);
  return {
    format: 'revier-release/1',
    table: HASH,
    keys: [Uint32Array.from(cells, (_, at) => at >> 2), Uint32Array.from(cells, (_, at) => at & 3)],
    measures: [
      { kind: 'count', status, value: figures() },
      {
        kind: 'direct-rate',
        status,
        rate: figures(),
        lower: figures(),
        upper: Float64Array.from(cells, ([own, figure]) => (own === WITHHELD ? NONE : figure)),
        events: new Uint8Array(cells.length).fill(255),
      },
    ],
  };
}

const cell = fc.tuple(fc.constantFrom(VALUE, ZERO, WITHHELD, UNRELIABLE), fc.nat());
const bodies = fc.oneof(
  fc.array(cell, { minLength: 1, maxLength: 6 }).map(bodyOf),
  fc.array(cell, { minLength: 1, maxLength: 300 }).map(bodyOf),
);

/** The same bytes at another place in memory, so that columns are aligned otherwise. */
function movedBy(bytes: Uint8Array, offset: number): Uint8Array {
  const room = new Uint8Array(bytes.length + offset);
  room.set(bytes, offset);
  return room.subarray(offset);
}

function decodedOrError(bytes: Uint8Array): ReleaseBody | Error {
  try {
    return decodeBody(bytes);
  } catch (error) {
    return error instanceof Error ? error : new Error('not even an error');
  }
}

const expectRefusedOrExact = (bytes: Uint8Array): void => {
  const decoded = decodedOrError(bytes);
  if (decoded instanceof Error) expect(decoded.name).toBe('AppError');
  else expect(Buffer.compare(encodeBody(decoded), bytes)).toBe(0);
};

describe('a body', () => {
  it('comes back from any place in memory', () => {
    fc.assert(
      fc.property(bodies, fc.nat({ max: 7 }), (body, offset) => {
        const bytes = encodeBody(body);
        const decoded = decodeBody(movedBy(bytes, offset));
        expect(decoded).toEqual(body);
        expect(encodeBody(decoded)).toEqual(bytes);
      }),
    );
  });

  it('of which any one byte is changed is refused, or is another body in its one spelling', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat({ max: 7 }), (body, at, by, offset) => {
        const bytes = movedBy(encodeBody(body), offset);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        expectRefusedOrExact(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('of which any one bit is turned is the same, wherever the bit is', () => {
    const good = encodeBody(bodyOf(Array.from({ length: 25 }, (_, at): Cell => [at % 4, at * 37 + 1])));
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Uint8Array.from(good);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expectRefusedOrExact(bytes);
    }
  });

  it('has its cells in ascending order, whatever the number of dimensions', () => {
    const columns = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }))
      .chain(([d, cells]) =>
        fc.array(fc.array(fc.nat({ max: 2 }), { minLength: cells, maxLength: cells }), { minLength: d, maxLength: d }),
      );
    fc.assert(
      fc.property(columns, (keys) => {
        const rows = (keys[0] ?? []).map((_, at) => keys.map((column) => column[at]).join());
        const ordered = rows.every((row, at) => at === 0 || (rows[at - 1] ?? '') < row);
        const body = {
          ...bodyOf(rows.map((): Cell => [VALUE, 1])),
          keys: keys.map((column) => Uint32Array.from(column)),
        };
        if (ordered) expect(decodeBody(encodeBody(body))).toEqual(body);
        else expect(() => encodeBody(body)).toThrow(refused('INVALID_REQUEST'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('another spelling', () => {
  const preferred = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: true });
  const body = bodyOf([[VALUE, 12]]);
  const [count] = body.measures;
  if (count?.kind !== 'count') throw new Error('no count');
  const { kind, status, value } = count;
  const write = (measure: object) => new Uint8Array(preferred.encode({ ...body, measures: [measure] }));
  const good = write(count);
  /** The good bytes with one piece in another spelling; both in hexadecimal. */
  const respelt = (piece: string, as: string): Uint8Array => {
    const text = Buffer.from(good).toString('hex');
    expect(text.split(piece)).toHaveLength(2);
    return Uint8Array.from(Buffer.from(text.replace(piece, as), 'hex'));
  };
  const statusName = Buffer.from('fstatus').toString('hex');
  const twelve = '0000000000002840';

  it('is not what the others here differ from', () => {
    expect(decodeBody(good)).toEqual({ ...body, measures: [count] });
  });

  it.each([
    ['members of a measure in another order', write({ kind, value, status })],
    ['a longer head of a column', respelt(`d85648${twelve}`, `d8565808${twelve}`)],
    ['a longer tag of a column', respelt(`d85648${twelve}`, `d9005648${twelve}`)],
    ['a longer head of a name', respelt(statusName, `7806${statusName.slice(2)}`)],
    ['a column of bytes without its tag', respelt(`${statusName}d8404100`, `${statusName}4100`)],
    ['a member twice', respelt(`a3${hexOf('kind')}`, `a4${hexOf('kind')}${hexOf('count')}${hexOf('kind')}`)],
  ])('with %s is refused', (_name, bytes) => {
    for (let offset = 0; offset < 8; offset++)
      expect(() => decodeBody(movedBy(bytes, offset))).toThrow(refused('NOT_CANONICAL'));
  });

  it('with a piece of an element at the end of a column is refused wherever it lies', () => {
    const longer = respelt(`d85648${twelve}`, `d85649${twelve}2a`);
    for (let offset = 0; offset < 8; offset++)
      expect(() => decodeBody(movedBy(longer, offset))).toThrow(refused('INVALID_REQUEST'));
  });
});

function hexOf(text: string): string {
  return (0x60 + text.length).toString(16) + Buffer.from(text).toString('hex');
}
