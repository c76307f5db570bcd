/** `revier catalogue`: what can be asked about, every document and every agreement verified. */
import { loadVocabulary } from '@revier/connector-sdk';
import type { Lookup, RegisterView, Standard } from '@revier/schema';
import { reached, type Session } from '../ask/enter.ts';
import { verifiedAgreements } from '../ask/verified-agreements.ts';
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
import { type ListedRegister, renderCatalogue } from '../render/render-catalogue.ts';

export async function catalogue(context: Context): Promise<ExitCode> {
  const session = await sessionOf(context);
  const { profile, client, trust, clock } = session;
  const vocabulary = await reached(profile, () => loadVocabulary(client, { trust, now: clock() }));
  const registers = await reached(profile, () => client.registers());
  const listed = {
    hash: vocabulary.hash,
    datasets: vocabulary.datasets,
    lookups: present(Object.keys(vocabulary.catalogue.lookups).map(vocabulary.lookup)),
    standards: present(Object.keys(vocabulary.catalogue.standards).map(vocabulary.standard)),
    registers: await Promise.all(registers.map((register) => listedRegister(session, register))),
  };
  await put(context, formatOf(context) === 'json' ? asJson(listed) : renderCatalogue(listed, renderOptionsOf(context)));
  return exitCodes.answered;
}

/** Agreements of registers that are not the person's own are nobody's business to verify here. */
async function listedRegister(session: Session, register: RegisterView): Promise<ListedRegister> {
  const { agreements: _, ...view } = register;
  if (!session.credential.registers.includes(register.id)) return { ...view, agreements: null };
  const verified = await verifiedAgreements(session, register);
  return {
    ...view,
    agreements: verified.map(({ agreement, hash }) => ({
      holder: agreement.assigner,
      dataset: agreement.target,
      hash,
    })),
  };
}

const present = <D extends Lookup | Standard>(documents: readonly (D | undefined)[]): D[] =>
  documents.filter((document) => document !== undefined);
