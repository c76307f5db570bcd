/** One node of the attacked federation behind an altered broker that has the real one's key: genuine tasks are kept, and whatever else is said to it is noted. */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sign } from '@revier/cli';
import { createDataspaceClient, signCredential } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { startEvilBroker } from '@revier/e2e/harness/evil-broker.ts';
import type { Environment } from '@revier/e2e/harness/service.ts';
import { until } from '@revier/e2e/harness/until.ts';
import { folders } from '@revier/laptop';
import { type Credential, type QuestionInput, Receipt, type SentTask, Task } from '@revier/schema';
import type { Slug } from './people.ts';
import type { Raised } from './raise.ts';

export interface Siege {
  /** A genuine task for the node, which it has never got. */
  genuine(question: QuestionInput): Promise<SentTask>;
  /** Under the broker's own good signature. */
  signed(task: Task): Promise<string>;
  /** A credential in the name of a researcher, by the broker instead of the organisation. */
  vouched(credential: Credential): Promise<string>;
  /** What came of it: nothing of it was believed, the codes of a refusal, or `released`. */
  tell(sent: SentTask): Promise<string>;
  end(): Promise<void>;
}

const LEFT_ALONE = 'a task that the broker has not signed was left alone';

export async function besiege(federation: Raised, slug: Slug, env: Environment): Promise<Siege> {
  const places = folders(federation.folder);
  const settings = join(places.node(slug), 'node.json');
  const before = await readFile(settings, 'utf8');
  const key: unknown = JSON.parse(await readFile(join(places.broker, 'key.jwk'), 'utf8'));
  const evil = await startEvilBroker(Number(new URL(federation.mallory.broker).port), key);
  const node = JSON.parse(before);
  await writeFile(settings, JSON.stringify({ ...node, broker: { ...node.broker, url: evil.url } }));
  await federation.restart([slug], env);
  evil.takeOver();
  const client = createDataspaceClient({ baseUrl: federation.mallory.broker });
  const leftAlone = (): number =>
    federation
      .node(slug)
      .log()
      .filter((line) => line.includes(LEFT_ALONE)).length;
  return {
    async genuine(question) {
      const query = await sign(federation.mallory, question, { deadlineSeconds: 300 });
      await client.submit(query);
      return until('the node is asked', async () => evil.kept().find((task) => task.query === query.query));
    },
    vouched: (credential) => signCredential(credential, evil.signer),
    signed: (task) => evil.signer.sign('revier-task+jws', task),
    async tell(sent) {
      const [said, alone] = [evil.sent().length, leftAlone()];
      evil.offer(sent);
      await evil.taken();
      return until('the node says something, or leaves the task alone', async () => {
        for (const one of evil.sent().slice(said)) {
          if (one.kind !== 'receipt') return 'released';
          const receipt = Receipt.parse(unverified(one.receipt));
          if (receipt.decision === 'refused') return receipt.reasons.map(({ code }) => code).join(' ');
        }
        return leftAlone() > alone ? 'left alone' : undefined;
      });
    },
    async end() {
      await writeFile(settings, before);
      await federation.restart([slug], env);
      await evil.close();
    },
  };
}

export const taskOf = ({ task }: SentTask): Task => Task.parse(unverified(task));

export const resigned = async (siege: Siege, sent: SentTask, change: Partial<Task> = {}): Promise<SentTask> => ({
  ...sent,
  task: await siege.signed({ ...taskOf(sent), taskId: randomUUID(), ...change }),
});
