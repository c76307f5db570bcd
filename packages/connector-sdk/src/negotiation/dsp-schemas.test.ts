/** Every message that is made here fits the Dataspace Protocol's own schemas; the examples there are read, or refused for a reason that is written down. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DspMessage } from '@revier/schema';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { world } from '../signatures/actors.case.ts';
import { samples } from './messages.case.ts';

const shared = process.env.REVIER_SHARED_DATA ?? join(import.meta.dirname, '../../../../../shared/data');
const folder = join(shared, 'dsp');
const present = existsSync(folder);
if (!present) console.warn('Skipped: the schemas of the Dataspace Protocol are absent; set REVIER_SHARED_DATA.');

const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');

/** Three of the schemas hold a reference without its slash. */
const mended = (text: string): string => text.replaceAll('-schema.json#definitions', '-schema.json#/definitions');

function schemas(): (name: string) => ValidateFunction {
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  for (const part of ['common', 'catalog', 'negotiation', 'transfer'])
    for (const file of readdirSync(join(folder, part)).filter((name) => name.endsWith('-schema.json')))
      ajv.addSchema(JSON.parse(mended(read(part, file))));
  return (name) => {
    const found = ajv.getSchema(`https://w3id.org/dspace/2025/1/negotiation/${name}-schema.json`);
    if (found === undefined) throw new Error(`There is no schema ${name}.`);
    return found;
  };
}

/** ContractRequestMessage: contract-request-message */
const fileOf = (type: string): string => type.replace(/[a-z](?=[A-Z])/g, '$&-').toLowerCase();

/** The protocol's examples are of no profile; where they are refused here, this is where and why. */
const refused: Readonly<Record<string, string>> = {
  'contract-agreement-message-full.json':
    '/agreement: no terms of our profile (register, version, tables), actions and operands of ODRL alone',
  'contract-agreement-message.json': '/agreement: no terms of our profile, which is closed',
  'contract-offer-message.json': '/offer: no terms of our profile, which is closed',
  'contract-offer-message_initial.json': '/consumerPid: an offer here always answers a request',
  'contract-request-message.json': '/offer: no terms of our profile, which is closed',
  'contract-request-message_initial.json': '/offer: no terms of our profile, which is closed',
  'contract-negotiation.json': '/@type: the state is told by messages; nobody is asked for it',
  'contract-negotiation-error.json': '/@type: letters are answered by letters, never by an error',
};

describe.skipIf(!present)('the Dataspace Protocol', () => {
  it('takes every message that is made here', async () => {
    const schemaOf = schemas();
    const made = Object.entries(samples(await world()));
    expect(made).toHaveLength(8);
    for (const [name, message] of made) {
      const validate = schemaOf(fileOf(message['@type']));
      expect([name, validate(message), validate.errors]).toEqual([name, true, null]);
      // And it would notice.
      expect([name, validate({ ...message, consumerPid: 1 })]).toEqual([name, false]);
    }
  });

  it('has examples that are read here, or refused at the place that is written down', () => {
    const files = readdirSync(join(folder, 'negotiation/example'));
    expect(files.length).toBeGreaterThan(8);
    const unread = files.flatMap((file) => {
      const result = DspMessage.safeParse(JSON.parse(read('negotiation/example', file)));
      return result.success
        ? []
        : [[file, `/${result.error.issues.map(({ path }) => String(path[0])).sort()[0] ?? ''}`]];
    });
    expect(Object.fromEntries(unread)).toEqual(
      Object.fromEntries(Object.entries(refused).map(([file, why]) => [file, why.split(':')[0]])),
    );
  });
});
