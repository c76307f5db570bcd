/** From the schemas of a description to values: such as fit, and such as almost fit. */
import fc from 'fast-check';
import { z } from 'zod';

/** The part of JSON Schema that our descriptions use. */
const Schema = z.looseObject({
  $ref: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  type: z.string().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
type Schema = z.infer<typeof Schema>;

/** Characters of a text at most. */
const LONG = 400;
/** Enough to tell one from many, and to stay fast. */
const FEW = 3;

/** Values that fit. @throws ZodError for schemas that it does not know */
export function arbitraryOf(given: unknown, schemas: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const schema = Schema.parse(given);
  if (schema.$ref !== undefined) return arbitraryOf(schemas[schema.$ref.split('/').at(-1) ?? ''], schemas);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map((one) => arbitraryOf(one, schemas)));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -FEW, max: schema.maximum ?? FEW });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const size = { minLength: schema.minItems ?? 0, maxLength: Math.max(schema.minItems ?? 0, FEW) };
      return fc.array(arbitraryOf(schema.items ?? {}, schemas), size);
    }
    case 'object':
      return recordOf(schema, schemas);
    default:
      return fc.jsonValue();
  }
}

function textOf({ pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  const most = Math.min(maxLength ?? LONG, LONG);
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(most, 40) });
  return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length <= most);
}

function recordOf({ properties = {}, required = [] }: Schema, schemas: Readonly<Record<string, unknown>>) {
  const parts = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, arbitraryOf(part, schemas)]),
  );
  return fc.record(parts, { requiredKeys: required, noNullPrototype: true });
}

/** Something else in one place: left out, of another type, added, or the whole replaced. */
export const almost = (value: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: fc.nat().chain((pick) => changedAt(value, pick)) }, fc.jsonValue());

function changedAt(value: unknown, pick: number): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    const at = pick % (value.length + 1);
    return fc.jsonValue().map((other) => value.toSpliced(at, 1, other));
  }
  if (typeof value !== 'object' || value === null) return fc.jsonValue();
  const entries = Object.entries(value);
  const at = pick % (entries.length + 1);
  const [name, part] = entries[at] ?? ['added', null];
  return fc.oneof(
    fc.constant(Object.fromEntries(entries.toSpliced(at, 1))),
    fc.jsonValue().map((other) => ({ ...value, [name]: other })),
    changedInside(part, pick).map((other) => ({ ...value, [name]: other })),
  );
}

const changedInside = (part: unknown, pick: number): fc.Arbitrary<unknown> =>
  typeof part === 'object' && part !== null ? changedAt(part, Math.floor(pick / 7)) : fc.jsonValue();
