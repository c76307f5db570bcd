/** The committed description read as a contract: its operations, and whether a reply keeps to it. */
import { readFileSync } from 'node:fs';
import { problemKinds } from '@revier/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

const Media = z.looseObject({ schema: z.unknown() });
const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema: z.unknown(),
});
const Described = z.looseObject({
  summary: z.string(),
  security: z.array(z.unknown()).default([]),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), Media) }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), Media).optional() })),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Described)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export interface Operation extends z.infer<typeof Described> {
  readonly method: string;
  readonly path: string;
  /** `GET /v1/queries/{queryId}` */
  readonly name: string;
}

export interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

export interface Contract {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, unknown>>;
  /** What is wrong with a reply; undefined when it keeps to the description. */
  breach(operation: Operation, reply: Reply): string | undefined;
}

const Problem = z.looseObject({ code: z.string(), status: z.int() });

export function readContract(file: URL): Contract {
  const { paths, components } = Document.parse(JSON.parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema({ $id: 'https://openapi.test/', components });
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const name = `${method.toUpperCase()} ${path}`;
      return { ...described, method: method.toUpperCase(), path, name };
    }),
  );
  const compiled = new Map<unknown, (value: unknown) => string | undefined>();
  const faultOf = (schema: unknown, value: unknown): string | undefined => {
    const check = compiled.get(schema) ?? checkOf(ajv, schema);
    compiled.set(schema, check);
    return check(value);
  };
  return { operations, schemas: components.schemas, breach: (of, reply) => breachOf(of, reply, faultOf) };
}

function checkOf(ajv: Ajv2020, schema: unknown): (value: unknown) => string | undefined {
  const absolute: unknown = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/components', '"https://openapi.test/#/components'),
  );
  const validate = ajv.compile(z.looseObject({}).parse(absolute));
  return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
}

function breachOf(
  { responses }: Operation,
  { status, type, body }: Reply,
  faultOf: (schema: unknown, value: unknown) => string | undefined,
): string | undefined {
  if (status >= 500) return `status ${status}`;
  const response = responses[String(status)] ?? (status >= 400 ? responses[`${String(status)[0]}XX`] : undefined);
  if (response === undefined) return `status ${status} is not described`;
  if (response.content === undefined) return body === '' ? undefined : `status ${status} has a body`;
  const media = type?.split(';')[0] ?? '';
  const described = response.content[media];
  if (described === undefined) return `content type ${type} is not described for ${status}`;
  if (!/[/+]json$/.test(media)) return undefined;
  const value: unknown = JSON.parse(body);
  return faultOf(described.schema, value) ?? (status >= 400 ? problemFault(value, status) : undefined);
}

/** A problem says its own status, and has a code that the page of problems explains. */
function problemFault(value: unknown, status: number): string | undefined {
  const { code, status: said } = Problem.parse(value);
  const known = new Map<string, { status: number }>(Object.entries(problemKinds)).get(code);
  return said === status && known?.status === status ? undefined : `problem ${code} with status ${said} in ${status}`;
}
