/** JSON as it is meant: what `JSON.parse` would silently repair or drop is refused here. */
import { AppError } from '@revier/schema';
import { type JSONVisitor, visit } from 'jsonc-parser';

/** Queries nest about ten deep. */
export const JSON_DEPTH_LIMIT = 64;

/** Names that reach the prototype of an object once somebody copies the value carelessly. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses one JSON text (RFC 8259). Throws MALFORMED_JSON for anything else, and for duplicate keys, keys that reach a
 * prototype and more than 64 levels: two readers could understand such a text differently.
 */
export function parseJson(text: string): unknown {
  visit(text, strictVisitor());
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    throw new AppError('MALFORMED_JSON');
  }
}

/** Bytes must be UTF-8 without a byte order mark (RFC 8259, section 8.1). */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  return parseJson(decodeUtf8(bytes));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new AppError('MALFORMED_JSON', { detail: 'The body is not valid UTF-8.' });
  }
}

type Path = readonly (string | number)[];

/** Looks only; syntax is judged by `JSON.parse`, which is stricter than this tolerant visitor. */
function strictVisitor(): JSONVisitor {
  /** The keys of each object that is open, undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  const enter = (keys: Set<string> | undefined): void => {
    if (open.push(keys) > JSON_DEPTH_LIMIT) {
      throw new AppError('MALFORMED_JSON', { detail: `More than ${JSON_DEPTH_LIMIT} levels.` });
    }
  };
  return {
    onObjectBegin: () => enter(new Set()),
    onArrayBegin: () => enter(undefined),
    onObjectEnd: () => void open.pop(),
    onArrayEnd: () => void open.pop(),
    onObjectProperty: (key, _offset, _length, _line, _character, pathTo) => {
      if (forbiddenKeys.has(key)) throw fault(pathTo(), key, 'this key is not allowed');
      const keys = open.at(-1);
      if (keys?.has(key)) throw fault(pathTo(), key, 'the key stands here twice');
      keys?.add(key);
    },
  };
}

const fault = (parents: Path, key: string, detail: string): AppError =>
  AppError.at('MALFORMED_JSON', jsonPointer([...parents, key]).slice(0, 500), detail);

/** RFC 6901. */
export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
