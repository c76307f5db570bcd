/** Duplicate keys: `JSON.parse` keeps the last of two, so two readers could see two policies; they are found before. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Level {
  readonly keys: Set<string> | null;
  /** The key or place that is being read. */
  at: string;
  index: number;
}

/** JSON pointer of the first key that stands twice in one object, or null. The text must be valid JSON. */
export function duplicateKey(text: string): string | null {
  const levels: Level[] = [];
  let previous = '';
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1);
    if (level?.keys != null && token === ':') {
      const key = String(JSON.parse(previous));
      level.at = key;
      if (level.keys.has(key)) return `/${levels.map(({ at }) => escaped(at)).join('/')}`;
      level.keys.add(key);
    } else if (token === ',' && level?.keys === null) level.at = String(++level.index);
    else if (token === '{') levels.push({ keys: new Set(), at: '', index: 0 });
    else if (token === '[') levels.push({ keys: null, at: '0', index: 0 });
    else if (token === '}' || token === ']') levels.pop();
    previous = token;
  }
  return null;
}

/** One part of an RFC 6901 pointer. */
export const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
