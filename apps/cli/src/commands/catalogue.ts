/** `revier catalogue`: what can be asked about, every document verified. */
import { loadVocabulary } from '@revier/connector-sdk';
import type { Lookup, Standard } from '@revier/schema';
import { reached } from '../ask/enter.ts';
import {
  asJson,
  type Context,
  type ExitCode,
  exitCodes,
  formatOf,
  put,
  renderOptionsOf,
  sessionOf,
} from '../context.ts';
import { renderCatalogue } from '../render/render-catalogue.ts';

export async function catalogue(context: Context): Promise<ExitCode> {
  const { profile, client, trust, clock } = await sessionOf(context);
  const vocabulary = await reached(profile, () => loadVocabulary(client, { trust, now: clock() }));
  const registers = await reached(profile, () => client.registers());
  const listed = {
    hash: vocabulary.hash,
    datasets: vocabulary.datasets,
    lookups: present(Object.keys(vocabulary.catalogue.lookups).map(vocabulary.lookup)),
    standards: present(Object.keys(vocabulary.catalogue.standards).map(vocabulary.standard)),
    registers,
  };
  await put(context, formatOf(context) === 'json' ? asJson(listed) : renderCatalogue(listed, renderOptionsOf(context)));
  return exitCodes.answered;
}

const present = <D extends Lookup | Standard>(documents: readonly (D | undefined)[]): D[] =>
  documents.filter((document) => document !== undefined);
