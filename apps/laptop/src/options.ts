/** What the laptop federation can be told on the command line. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface LaptopOptions {
  readonly example: 'ruhr' | 'care-need';
  /** Real files to read, for the example that needs them. */
  readonly data: string | null;
  /** Where everything is kept. */
  readonly folder: string;
  readonly port: number;
  readonly persons: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly lang: 'de' | 'en';
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: LaptopOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly fault: string };

export const help = `Revier on one machine: a broker and eight registry-nodes, each with its own keys, data and agreements.

  npm start                      raise the federation, ask the flagship question, keep running
  npm start -- --once            end after the answer (exit code 0: answered)
  npm start -- --once --json     print the answer alone, as JSON

  --example ruhr                 the invented Ruhr (default)
  --example care-need --data F   real figures of North Rhine-Westphalia from the folder F
  --folder F                     where data, keys and records are kept (default: .revier)
  --port N                       port of the broker on loopback (default: 7400, or a free one if that is taken)
  --persons N                    size of the invented region, 10000 to 1210000 (default: the real size)
  --lang de|en                   language of what is shown (default: from LANG)
  --help                         this text

All data of the ruhr example are invented and say SYNTHETIC. To begin afresh, remove the folder.
`;

const flags = {
  example: { type: 'string', default: 'ruhr' },
  data: { type: 'string' },
  folder: { type: 'string', default: '.revier' },
  port: { type: 'string', default: '7400' },
  persons: { type: 'string' },
  lang: { type: 'string' },
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @param locale as in the environment variable LANG */
export function parseOptions(args: readonly string[], locale: string): Parsed {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, strict: true });
    if (values.help) return { kind: 'help' };
    return { kind: 'run', options: checked(values, locale) };
  } catch (error) {
    return { kind: 'usage', fault: error instanceof Error ? error.message : String(error) };
  }
}

interface Values {
  readonly example: string;
  readonly data?: string | undefined;
  readonly folder: string;
  readonly port: string;
  readonly persons?: string | undefined;
  readonly lang?: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
}

function checked(values: Values, locale: string): LaptopOptions {
  const { example, data, lang = locale.startsWith('de') ? 'de' : 'en' } = values;
  if (example !== 'ruhr' && example !== 'care-need') throw new Error('--example is ruhr or care-need.');
  if (example === 'care-need' && data === undefined)
    throw new Error('--example care-need needs --data and the folder of the real files.');
  if (lang !== 'de' && lang !== 'en') throw new Error('--lang is de or en.');
  return {
    example,
    data: data === undefined ? null : resolve(data),
    folder: resolve(values.folder),
    port: whole('--port', values.port, 0, 65_535),
    persons: values.persons === undefined ? undefined : whole('--persons', values.persons, 10_000, 1_210_000),
    once: values.once,
    json: values.json,
    lang,
  };
}

function whole(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || number < min || number > max)
    throw new Error(`${name} is a whole number from ${min} to ${max}.`);
  return number;
}
