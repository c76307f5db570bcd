/** The only door to the environment: read once at the start, every fault named at once, values never repeated. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line each: variable and fault, never the value. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : 'faults'}:\n  ${faults.join('\n  ')}`);
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that `schema` names. A variable may also come from a file: `X_FILE=/run/secrets/x` (one trailing
 * newline is dropped). An empty variable counts as missing. Throws ConfigError with all faults.
 */
export function loadConfig<Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.output<z.ZodObject<Shape>> {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const read = readVariable(name, env);
    if ('fault' in read) faults.push(`${name}: ${read.fault}`);
    else if (read.value !== undefined) values[name] = read.value;
  }
  const result = schema.safeParse(values);
  const misread = new Set(faults.map((fault) => fault.slice(0, fault.indexOf(':'))));
  const issues = result.error?.issues.filter((issue) => !misread.has(String(issue.path[0])));
  faults.push(...(issues ?? []).map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

type Reading = { readonly value: string | undefined } | { readonly fault: string };

function readVariable(name: string, env: Environment): Reading {
  const plain = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return { value: plain };
  if (plain !== undefined) return { fault: `set ${name} or ${name}_FILE, not both` };
  try {
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined };
  } catch {
    return { fault: `the file that ${name}_FILE names cannot be read` };
  }
}
