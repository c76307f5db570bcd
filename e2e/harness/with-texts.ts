/** A text smuggled into every place of a question, each time alone: also where a name stands. */

/** Every text within, with another one in its place; keys too. */
export function withTexts(value: unknown, text: string): unknown[] {
  if (typeof value === 'string') return [text];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value))
    return value.flatMap((one, at) => withTexts(one, text).map((changed) => value.with(at, changed)));
  return Object.entries(value).flatMap(([name, one]) => [
    ...withTexts(one, text).map((changed) => ({ ...value, [name]: changed })),
    renamed(value, name, text),
  ]);
}

/** As JSON spells it, so that a key `__proto__` is one. */
const renamed = (value: object, name: string, key: string): unknown =>
  JSON.parse(
    `{${Object.entries(value).map(([own, one]) => `${JSON.stringify(own === name ? key : own)}:${JSON.stringify(one)}`)}}`,
  );
