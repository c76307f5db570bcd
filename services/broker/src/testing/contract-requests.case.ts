/** Requests made up from a committed description: what it allows, what it almost allows, and what it does not. */
import type { Authorize } from '@revier/connector-sdk';
import fc from 'fast-check';
import { almost, arbitraryOf } from './arbitrary-of.case.ts';
import type { Contract, Operation } from './contract.case.ts';
import type { Pool } from './contract-pool.case.ts';

export interface Generated {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Proofs are made when the request leaves: each is good for once. */
  readonly authorize: Authorize | undefined;
  readonly body: string | Buffer | undefined;
}

/** What is described, and what means something to the broker that is asked. */
export interface Meant {
  readonly contract: Contract;
  readonly pool: Pool;
}

/** What the parameter takes, what it does not, and what means something here. */
function parameterOf(
  { name, schema }: Operation['parameters'][number],
  { contract, pool }: Meant,
): fc.Arbitrary<string | undefined> {
  const meant = (pool.values[name] ?? []).map((value) => ({ weight: 4, arbitrary: fc.constant(String(value)) }));
  // To wait for a minute proves nothing more.
  const fitting = name === 'wait' ? fc.constant('0') : arbitraryOf(schema, contract.schemas).map(String);
  const odd = fc.string({ maxLength: 30 }).filter((text) => name !== 'wait' || !/^\s*\d*\s*$/.test(text));
  return fc.oneof({ weight: 3, arbitrary: fitting }, odd, fc.constant(undefined), ...meant);
}

/** Header values are one line of visible characters; anything else never leaves a client. */
const asHeader = (value: string): string => value.replace(/[^\x21-\x7e]/g, '').replace(/wait/gi, '');

function bodyOf(
  operation: Operation,
  { contract, pool }: Meant,
): fc.Arbitrary<{ type: string; body: string | Buffer | undefined }> {
  const [[type = '', media] = []] = Object.entries(operation.requestBody?.content ?? {});
  if (media === undefined) return fc.constant({ type: '', body: undefined });
  if (type === 'application/cbor') {
    const bytes = fc.oneof(
      fc.constant(pool.release),
      fc.uint8Array({ maxLength: 64 }).map((some) => Buffer.from(some)),
    );
    return fc.record({ type: fc.constantFrom(type, type, 'application/json', ''), body: bytes });
  }
  const meant = (pool.values[operation.name] ?? []).map((value) => fc.constant(value));
  const fitting = fc.oneof(arbitraryOf(media.schema, contract.schemas), ...meant, ...meant);
  const values = fc.oneof({ weight: 2, arbitrary: fitting }, fitting.chain(almost));
  const text = values.map((value) => JSON.stringify(value));
  const broken = fc.tuple(text, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1)));
  const body = fc.oneof({ weight: 4, arbitrary: text }, broken, fc.string());
  return fc.record({ type: fc.constantFrom(type, type, type, type, 'text/plain', ''), body });
}

const someone = (operation: Operation, { pool }: Meant): fc.Arbitrary<Authorize | undefined> => {
  const [person, , node, , , operator] = pool.tokens;
  const isForOperators = /^\/v1\/(operator|trust)\//.test(operation.path);
  const meant = isForOperators ? operator : /^\/v1\/(node\/|letters)/.test(operation.path) ? node : person;
  return fc.oneof({ weight: 4, arbitrary: fc.constant(meant) }, fc.constantFrom(...pool.tokens));
};

export function requestOf(operation: Operation, meant: Meant): fc.Arbitrary<Generated> {
  const parameters = fc.tuple(
    ...operation.parameters.map((one) => parameterOf(one, meant).map((value) => ({ ...one, value }))),
  );
  const accept = fc.constantFrom(
    '*/*',
    'application/json',
    'text/csv',
    'application/vnd.json-stat+json',
    'image/png',
    '',
  );
  const all = fc.record({ parameters, accept, token: someone(operation, meant), sent: bodyOf(operation, meant) });
  return all.map(({ parameters: given, accept, token, sent }) => {
    const search = new URLSearchParams();
    const headers: Record<string, string> = { ...(accept === '' ? {} : { accept }) };
    let path = operation.path;
    for (const { in: place, name, value } of given) {
      if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value ?? 'none') || 'none');
      else if (value === undefined) continue;
      else if (place === 'query') search.append(name, value);
      else if (asHeader(value) !== '') headers[name] = asHeader(value);
    }
    if (sent.type !== '') headers['content-type'] = sent.type;
    const url = `${path}${search.size === 0 ? '' : `?${search}`}`;
    return { operation, url, headers, authorize: token, body: sent.body };
  });
}
