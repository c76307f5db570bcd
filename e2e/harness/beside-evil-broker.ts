/** One node of a federation behind an evil broker: genuine tasks for it are kept, and whatever else is said to it is noted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sign } from '@revier/cli';
import { createDataspaceClient } from '@revier/connector-sdk';
import { canonicalText, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { Receipt, type SentTask, type Task } from '@revier/schema';
import { openRecords } from '@revier/service-kit';
import { freePort } from '@revier/testkit';
import { inject } from 'vitest';
import { type EvilBroker, type Sent, startEvilBroker } from './evil-broker.ts';
import { type Federation, flagship } from './federation.ts';
import { copyFederation } from './start-federation.ts';
import { until } from './until.ts';

/** What came of a task that the evil broker has told: nothing of it was believed, or it was refused, or answered. */
export type Outcome = 'left alone' | 'released' | { readonly refused: readonly string[] };

export interface Besieged {
  readonly federation: Federation;
  readonly evil: EvilBroker;
  /** A genuine task for the registry, of a new query, that it has never got. */
  genuine(): Promise<SentTask>;
  tell(sent: SentTask): Promise<Outcome>;
  /** Signed with the broker's own key. */
  signed(task: Task): Promise<string>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE_SECONDS = 900;
const LEFT_ALONE = 'a task that the broker has not signed was left alone';

export async function besiegeRegistry(): Promise<Besieged> {
  const port = await freePort();
  const key: unknown = JSON.parse(await readFile(join(folders(inject('founded')).broker, 'key.jwk'), 'utf8'));
  const evil = await startEvilBroker(port, key);
  const federation = await copyFederation({
    brokerPort: port,
    brokerUrlFor: (slug, url) => (slug === 'krebsregister' ? evil.url : url),
  });
  await forgetDocuments(folders(federation.folder).node('krebsregister'));
  await federation.start();
  return besieged(federation, evil);
}

/** The node has read catalogue and documents when it agreed; here it has to ask its broker for them again. */
async function forgetDocuments(node: string): Promise<void> {
  const records = await openRecords({ folder: join(node, 'records') });
  try {
    await records.pool.query('delete from node_krebsregister.document');
    await records.pool.query('delete from node_krebsregister.catalogue');
  } finally {
    await records.close();
  }
}

function besieged(federation: Federation, evil: EvilBroker): Besieged {
  const { krebsregister } = federation.nodes;
  const client = createDataspaceClient({ baseUrl: federation.brokerUrl });
  const leftAlone = (): number => krebsregister.log().filter((line) => line.includes(LEFT_ALONE)).length;
  evil.takeOver();
  return {
    federation,
    evil,
    async genuine() {
      const signed = await sign(federation.profile, flagship, { deadlineSeconds: DEADLINE_SECONDS });
      await client.submit(signed);
      // Tasks of earlier queries come again and again.
      return until('the registry is asked', async () => evil.kept().find(({ query }) => query === signed.query));
    },
    async tell(sent) {
      const [said, alone] = [evil.sent().length, leftAlone()];
      evil.offer(sent);
      await evil.taken();
      return until('the node says something, or leaves the task alone', async () => {
        const outcome = outcomeOf(evil.sent().slice(said));
        return outcome ?? (leftAlone() > alone ? 'left alone' : undefined);
      });
    },
    signed: (task) => evil.signer.sign('revier-task+jws', task),
    async restart() {
      await krebsregister.terminate();
      await krebsregister.start();
    },
    async close() {
      await federation.stop();
      await evil.close();
    },
  };
}

/** An acceptance alone is no end: the release follows it. */
function outcomeOf(sent: readonly Sent[]): Outcome | undefined {
  for (const one of sent) {
    if (one.kind !== 'receipt') return 'released';
    const receipt = Receipt.parse(unverified(one.receipt));
    if (receipt.decision === 'refused') return { refused: receipt.reasons.map(({ code }) => code) };
  }
  return undefined;
}

/** The same signature around other words. */
export function withPayload(jws: string, payload: unknown): string {
  const [header, , signature] = jws.split('.');
  return [header, Buffer.from(canonicalText(payload)).toString('base64url'), signature].join('.');
}
