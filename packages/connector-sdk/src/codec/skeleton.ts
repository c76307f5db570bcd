/**
 * A look at the bones of CBOR before a library builds anything from it. The library knows extensions that cost far more
 * than their bytes (a big number of 4 MB keeps a processor busy for hours), recursive ones, and ones that make functions;
 * a release needs none of them.
 */
import { AppError } from '@revier/schema';

/** RFC 8746: bytes, 32-bit unsigned and 64-bit floating numbers, the latter two with the low byte first; their widths. */
const TYPED_ARRAY_WIDTHS: ReadonlyMap<number, number> = new Map([
  [64, 1],
  [70, 4],
  [86, 8],
]);

/** 6 dimensions and 20 measures have fewer than 500 items, typed arrays counted as three. */
const MAX_ITEMS = 1000;

const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

const EMPTY_BYTES = Uint8Array.of(BYTES << 5);

/**
 * Only definite-length arrays, maps, texts and byte strings, and tags of typed arrays.
 * @returns the same with every byte string emptied: how the body is spelled, apart from what its columns contain
 * @throws AppError INVALID_REQUEST; NOT_CANONICAL for a byte string with a longer head than it needs
 */
export function bonesOf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bones: Uint8Array[] = [];
  let boned = 0;
  let position = 0;
  let open = 1;
  let width = 1;
  for (let items = 0; open > 0; items++, open--) {
    if (items >= MAX_ITEMS) throw unreadable();
    const { major, argument, next } = headAt(view, position);
    if (major === BYTES) {
      assertElements(argument, width, next - position);
      bones.push(bytes.subarray(boned, position), EMPTY_BYTES);
      boned = next + argument;
    }
    position = major === BYTES || major === TEXT ? next + argument : next;
    open += childrenOf(major, argument);
    width = (major === TAG ? TYPED_ARRAY_WIDTHS.get(argument) : undefined) ?? 1;
  }
  if (position !== bytes.length) throw unreadable();
  return Buffer.concat([...bones, bytes.subarray(boned)]);
}

/** The library would leave out the rest of an element, and take any head. */
function assertElements(length: number, width: number, head: number): void {
  if (length % width !== 0) throw unreadable();
  const needed = length < 24 ? 1 : length < 2 ** 8 ? 2 : length < 2 ** 16 ? 3 : 5;
  if (head !== needed) throw new AppError('NOT_CANONICAL');
}

function childrenOf(major: number, argument: number): number {
  if (major === BYTES || major === TEXT) return 0;
  if (major === ARRAY) return argument;
  if (major === MAP) return argument * 2;
  if (major === TAG && TYPED_ARRAY_WIDTHS.has(argument)) return 1;
  throw unreadable();
}

/** RFC 8949, section 3: major type and argument. */
function headAt(view: DataView, position: number): { major: number; argument: number; next: number } {
  if (position >= view.byteLength) throw unreadable();
  const initial = view.getUint8(position);
  const [major, short] = [initial >> 5, initial & 0x1f];
  if (short < 24) return { major, argument: short, next: position + 1 };
  const width = 2 ** (short - 24);
  if (width > 4 || position + 1 + width > view.byteLength) throw unreadable();
  const argument =
    width === 1
      ? view.getUint8(position + 1)
      : width === 2
        ? view.getUint16(position + 1)
        : view.getUint32(position + 1);
  return { major, argument, next: position + 1 + width };
}

const unreadable = (): AppError => new AppError('INVALID_REQUEST', { detail: 'This is not the CBOR of a release.' });
