/** The one spelling of a release body in CBOR; only `encodeRelease` may turn it towards the outside. */
import { AppError, ReleaseBody, type ReleaseColumns } from '@revier/schema';
import { Decoder, Encoder } from 'cbor-x';
import { assertFits } from '../signatures/fits.ts';
import { assertConsistent } from './consistent.ts';
import { spellFigures } from './figures.ts';
import { bonesOf } from './skeleton.ts';

/** No records of the library's own, RFC 8949 preferred lengths, RFC 8746 typed arrays for bytes too. */
const options = { useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: true };
const encoder = new Encoder(options);
const decoder = new Decoder(options);

/** @throws AppError INVALID_REQUEST for a body that nobody would accept. */
export function encodeBody(body: ReleaseBody): Uint8Array {
  const spelt = withColumns(assertFits(ReleaseBody, body), copies);
  assertConsistent(spelt);
  return write(spelt);
}

/**
 * Refuses duplicate keys, `__proto__`, indefinite lengths, other number formats and trailing bytes by one rule: what was
 * parsed, written again, must be the bytes received. Columns came as they stand there, so only the rest is written again.
 * @returns columns that are views of what was received, where it is aligned
 * @throws AppError INVALID_REQUEST, NOT_CANONICAL
 */
export function decodeBody(received: Uint8Array): ReleaseBody {
  // A view of plain bytes, since the library would give back pieces of whatever class it is given.
  const bytes = new Uint8Array(received.buffer, received.byteOffset, received.byteLength);
  const bones = bonesOf(bytes);
  const body = assertFits(ReleaseBody, parse(bytes));
  assertConsistent(body);
  if (Buffer.compare(write(withColumns(body, nothing)), bones) !== 0) throw new AppError('NOT_CANONICAL');
  return body;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: 'This is not the CBOR of a release.', cause });
  }
}

function write(body: ReleaseBody): Uint8Array {
  const written = encoder.encode(body);
  return new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
}

interface Columns {
  readonly keys: (column: Uint32Array) => Uint32Array<ArrayBuffer>;
  readonly bytes: (column: Uint8Array) => Uint8Array<ArrayBuffer>;
  readonly figures: (column: Float64Array) => Float64Array<ArrayBuffer>;
}

/** Plain typed arrays, since the library spells others (such as Buffer) in another way. */
const copies: Columns = {
  keys: (column) => new Uint32Array(column),
  bytes: (column) => new Uint8Array(column),
  figures: spellFigures,
};

const [noKeys, noBytes, noFigures] = [new Uint32Array(0), new Uint8Array(0), new Float64Array(0)];
const nothing: Columns = { keys: () => noKeys, bytes: () => noBytes, figures: () => noFigures };

/** Members in the order of the schema. */
const withColumns = ({ format, table, keys, measures }: ReleaseBody, columns: Columns): ReleaseBody => ({
  format,
  table,
  keys: keys.map(columns.keys),
  measures: measures.map((measure) => measureWith(measure, columns)),
});

function measureWith(measure: ReleaseColumns, { bytes, figures }: Columns): ReleaseColumns {
  const { kind } = measure;
  const status = bytes(measure.status);
  if (kind === 'count') return { kind, status, value: figures(measure.value) };
  if (kind === 'sum') {
    const summed = { kind, status, value: figures(measure.value) };
    return measure.sd === undefined ? summed : { ...summed, sd: figures(measure.sd) };
  }
  const [rate, lower, upper] = [figures(measure.rate), figures(measure.lower), figures(measure.upper)];
  return { kind, status, rate, lower, upper, events: bytes(measure.events) };
}
