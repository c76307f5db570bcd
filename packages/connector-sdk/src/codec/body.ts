/** The one spelling of a release body in CBOR; only `encodeRelease` may turn it towards the outside. */
import { AppError, ReleaseBody, type ReleaseColumns } from '@revier/schema';
import { Decoder, Encoder } from 'cbor-x';
import { assertFits } from '../signatures/fits.ts';
import { assertConsistent } from './consistent.ts';
import { assertSkeleton } from './skeleton.ts';

/** No records of the library's own, RFC 8949 preferred lengths, RFC 8746 typed arrays for bytes too. */
const options = { useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: true };
const encoder = new Encoder(options);
const decoder = new Decoder(options);

/** @throws AppError INVALID_REQUEST for a body that nobody would accept. */
export function encodeBody(body: ReleaseBody): Uint8Array {
  const parsed = assertFits(ReleaseBody, body);
  assertConsistent(parsed);
  return spell(parsed);
}

/**
 * Refuses duplicate keys, `__proto__`, indefinite lengths, other number formats and trailing bytes by one rule: what was
 * parsed, written again, must be the bytes received.
 * @throws AppError INVALID_REQUEST, NOT_CANONICAL
 */
export function decodeBody(received: Uint8Array): ReleaseBody {
  // A view of plain bytes, since the library would give back pieces of whatever class it is given.
  const bytes = new Uint8Array(received.buffer, received.byteOffset, received.byteLength);
  assertSkeleton(bytes);
  const body = assertFits(ReleaseBody, parse(bytes));
  assertConsistent(body);
  if (!sameBytes(spell(body), bytes)) throw new AppError('NOT_CANONICAL');
  return body;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: 'This is not the CBOR of a release.', cause });
  }
}

/** Members in the order of the schema. */
function spell({ format, table, keys, measures }: ReleaseBody): Uint8Array {
  const body = { format, table, keys: keys.map((column) => new Uint32Array(column)), measures: measures.map(columns) };
  const spelt = encoder.encode(body);
  return new Uint8Array(spelt.buffer, spelt.byteOffset, spelt.byteLength);
}

function columns(measure: ReleaseColumns): ReleaseColumns {
  const { kind } = measure;
  const status = new Uint8Array(measure.status);
  if (kind !== 'direct-rate') return { kind, status, value: figures(measure.value) };
  const [rate, lower, upper] = [figures(measure.rate), figures(measure.lower), figures(measure.upper)];
  return { kind, status, rate, lower, upper, events: new Uint8Array(measure.events) };
}

/** NaN has 2^53 spellings and zero has two, in which things could be hidden; here each has one. */
const NOT_A_NUMBER = 0x7ff8_0000_0000_0000n;

function figures(column: Float64Array): Float64Array<ArrayBuffer> {
  const spelt = new Float64Array(column);
  const bits = new BigUint64Array(spelt.buffer);
  for (let i = 0; i < spelt.length; i++) {
    const value = spelt[i] ?? Number.NaN;
    if (Number.isNaN(value)) bits[i] = NOT_A_NUMBER;
    else if (value === 0) spelt[i] = 0;
  }
  return spelt;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
