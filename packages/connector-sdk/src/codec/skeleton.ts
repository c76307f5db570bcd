/**
 * A look at the bones of CBOR before a library builds anything from it. The library knows extensions that cost far more
 * than their bytes (a big number of 4 MB keeps a processor busy for hours), recursive ones, and ones that make functions;
 * a release needs none of them.
 */
import { AppError } from '@revier/schema';

/** RFC 8746: bytes, 32-bit unsigned and 64-bit floating numbers, the latter two with the low byte first. */
const TYPED_ARRAY_TAGS: readonly number[] = [64, 70, 86];

/** 6 dimensions and 20 measures have fewer than 500 items, typed arrays counted as three. */
const MAX_ITEMS = 1000;

const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

/** Only definite-length arrays, maps, texts and byte strings, and tags of typed arrays. @throws AppError INVALID_REQUEST */
export function assertSkeleton(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  let open = 1;
  for (let items = 0; open > 0; items++, open--) {
    if (items >= MAX_ITEMS) throw unreadable();
    const { major, argument, next } = headAt(view, position);
    position = next;
    if (major === BYTES || major === TEXT) position += argument;
    else open += childrenOf(major, argument);
  }
  if (position !== bytes.length) throw unreadable();
}

function childrenOf(major: number, argument: number): number {
  if (major === ARRAY) return argument;
  if (major === MAP) return argument * 2;
  if (major === TAG && TYPED_ARRAY_TAGS.includes(argument)) return 1;
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
