/** An agreement as the broker lists it: the broker is not believed, both signatures are verified, and the hash is computed anew. */
import { createDataspaceClient, type Trust, verifyAgreement } from '@revier/connector-sdk';
import type { RegisterView } from '@revier/schema';
import { reached } from '../../ask/enter.ts';
import { type Context, sessionOf } from '../../context.ts';
import { UsageError } from '../../options.ts';
import type { PaperFacts } from '../../papers/agreement-paper.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { byHash } from './by-hash.ts';

interface Listed {
  readonly registers: readonly RegisterView[];
  readonly trust: Trust;
}

/** @throws UsageError unless exactly one fits; AppError as `verifyAgreement`; POLICY_INVALID under another hash */
export async function factsAtBroker(context: Context): Promise<PaperFacts> {
  const { positionals, flags, terminal } = context;
  const [given] = positionals;
  if (given === undefined) throw new UsageError('Name the agreement by its hash; see `revier catalogue --json`.');
  const { registers, trust } = await listed(context);
  const own = registers.filter(({ id }) => id === flags.register || id.endsWith(`:${flags.register}`));
  const agreement = byHash(
    given,
    own.flatMap(({ agreements }) => agreements),
    'The broker lists no agreement with this hash for this register.',
  );
  const { hash } = await verifyAgreement(agreement.agreement, trust, terminal.clock());
  if (hash !== agreement.hash) throw new UsageError('The broker lists the agreement under another hash.');
  return { signed: agreement.agreement, approvals: [] };
}

/** By the folder of an organisation where one is named, else by the profile. */
async function listed(context: Context): Promise<Listed> {
  if (context.flags.folder === undefined) {
    const { profile, client, trust } = await sessionOf(context);
    return { registers: await reached(profile, () => client.registers()), trust };
  }
  const { brokerUrl: broker, keeper: trust } = await participantSession(context);
  const client = createDataspaceClient({ baseUrl: broker });
  return { registers: await reached({ broker }, () => client.registers()), trust };
}
