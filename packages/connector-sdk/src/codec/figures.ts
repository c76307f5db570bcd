/** One column of figures against its statuses: a figure where one is shown, nothing where none is, each in its one spelling. */
import { AppError, cellStatuses } from '@revier/schema';

/** Whether a status comes with a figure, by the byte that it travels as; bytes that are no status are neither. */
const shows: readonly boolean[] = cellStatuses.map(
  (status) => status === 'value' || status === 'zero' || status === 'unreliable',
);
const ZERO = cellStatuses.indexOf('zero');

/** Sums beyond 2^53 are no whole numbers any more, and no register of this world needs them. */
const MAX_FIGURE = 2 ** 53;

/** NaN has 2^53 spellings and zero has two, in which things could be hidden; here each has one. */
const NOT_A_NUMBER = BigUint64Array.of(0x7ff8_0000_0000_0000n);
const [NAN_FIRST, NAN_SECOND] = new Uint32Array(NOT_A_NUMBER.buffer);

export interface FigureColumn {
  readonly status: Uint8Array;
  readonly value: Float64Array;
  /** Where the measure stands in the body, and the name of the column in it. */
  readonly pointer: string;
  readonly name: string;
  /** Counts are whole and not negative. */
  readonly whole: boolean;
  /** The figure of a zero is zero; the upper limit of a rate is not. */
  readonly zeroed: boolean;
}

export const isShown = (status: number): boolean => shows[status] === true;

/**
 * All in one pass over the cells, since a thousand holders may send a thousand cells each.
 * @throws AppError INVALID_REQUEST, NOT_CANONICAL
 */
export function assertFigures({ status, value, pointer, name, whole, zeroed }: FigureColumn): void {
  const bits = new Uint32Array(value.buffer, value.byteOffset, value.length * 2);
  const least = whole ? 0 : -MAX_FIGURE;
  const wrong = (detail: string): AppError => fault(`${pointer}/${name}`, detail);
  for (let cell = 0; cell < value.length; cell++) {
    const word = status[cell] ?? cellStatuses.length;
    const figure = value[cell] ?? Number.NaN;
    if (isShown(word)) {
      if (!(figure >= least && figure <= MAX_FIGURE)) throw wrong('A cell lacks its figure, or it is absurd.');
      if (whole && !Number.isInteger(figure)) throw wrong('This is no count.');
      if (Object.is(figure, -0)) throw new AppError('NOT_CANONICAL');
      if (word === ZERO && zeroed && figure !== 0) throw wrong('A zero is not zero.');
    } else {
      if (word >= cellStatuses.length) throw fault(`${pointer}/status`, 'Unknown status.');
      if (!Number.isNaN(figure)) throw wrong('There is a figure where the status allows none.');
      if (bits[2 * cell] !== NAN_FIRST || bits[2 * cell + 1] !== NAN_SECOND) throw new AppError('NOT_CANONICAL');
    }
  }
}

/** A copy in which every NaN and every zero has its one spelling. */
export function spellFigures(column: Float64Array): Float64Array<ArrayBuffer> {
  const spelt = new Float64Array(column);
  const bits = new BigUint64Array(spelt.buffer);
  const [notANumber = 0n] = NOT_A_NUMBER;
  for (let cell = 0; cell < spelt.length; cell++) {
    const figure = spelt[cell] ?? Number.NaN;
    if (Number.isNaN(figure)) bits[cell] = notANumber;
    else if (figure === 0) spelt[cell] = 0;
  }
  return spelt;
}

export const fault = (pointer: string, detail: string): AppError => AppError.at('INVALID_REQUEST', pointer, detail);
