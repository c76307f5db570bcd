/** Four clinics behind one evil broker: it has the broker's key, asks whom it likes for whatever step of a sum, and keeps all that they say. */
import { randomUUID } from 'node:crypto';
import { sign } from '@revier/cli';
import { createDataspaceClient } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { type CompactJws, type QuestionInput, Receipt, type SentTask, type SumStep, Task } from '@revier/schema';
import { type Clinic, type Clinics, clinics, forEach } from './clinics.ts';
import type { Sent } from './evil-broker.ts';
import { until } from './until.ts';

/** A genuine query, as its tasks were kept from the clinics. */
export type Asked = Readonly<Record<Clinic, SentTask>>;

/** What a clinic says to a step: the signed word, or the codes of its refusal. */
export type Word =
  | { readonly accepted: CompactJws }
  | { readonly masked: CompactJws; readonly body: Buffer }
  | { readonly opened: CompactJws }
  | { readonly refused: readonly string[] };

export interface BesiegedClinics {
  /** Somebody really asks; no clinic hears of it. */
  ask(question: QuestionInput): Promise<Asked>;
  /** Signed with the broker's own key. */
  say(clinic: Clinic, asked: Asked, taskId: string, sum: SumStep): Promise<Word>;
  /** The broker signs for somebody else. */
  forged(receipt: CompactJws, change: object): Promise<CompactJws>;
}

const DEADLINE_SECONDS = 600;

export function besiegeClinics({ evil, profile }: Pick<Clinics, 'evil' | 'profile'>): BesiegedClinics {
  const client = createDataspaceClient({ baseUrl: profile.broker });
  const { signer } = evil['klinik-nord'];
  for (const slug of clinics) evil[slug].takeOver();
  return {
    async ask(question) {
      const signed = await sign(profile, question, { deadlineSeconds: DEADLINE_SECONDS });
      await client.submit(signed);
      return forEach((slug) =>
        until(`${slug} is asked`, async () => evil[slug].kept().find(({ query }) => query === signed.query)),
      );
    },
    async say(clinic, asked, taskId, sum) {
      const genuine = Task.parse(unverified(asked[clinic].task));
      const task = await signer.sign('revier-task+jws', { ...genuine, taskId, sum });
      const said = evil[clinic].sent().length;
      evil[clinic].offer({ ...asked[clinic], task });
      return until(`${clinic} says something`, async () => {
        const own = evil[clinic].sent().slice(said);
        return own.filter((one) => one.taskId === taskId).flatMap((one) => wordOf(one, sum) ?? [])[0];
      });
    },
    forged: (receipt, change) =>
      signer.sign('revier-receipt+jws', { ...Receipt.parse(unverified(receipt)), ...change }),
  };
}

export const newTask = (): string => randomUUID();

/** What is sent again of an earlier step is no word to this one. */
function wordOf(sent: Sent, { step }: SumStep): Word | undefined {
  if (sent.kind === 'opening') return step === 'open' ? { opened: sent.opening } : undefined;
  if (sent.kind === 'release') return step === 'open' ? undefined : { masked: sent.header, body: sent.body };
  const receipt = Receipt.parse(unverified(sent.receipt));
  if (receipt.decision === 'refused') return { refused: receipt.reasons.map(({ code }) => code) };
  return step === 'offer' ? { accepted: sent.receipt } : undefined;
}
