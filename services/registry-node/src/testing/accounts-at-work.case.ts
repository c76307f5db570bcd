/** A small house whose agreements, accounts, book, history and patterns stand in real records. */
import type { Agreement, Floor, Sha256 } from '@revier/schema';
import type { Records } from '@revier/service-kit';
import { type AgreementReader, agreementReader } from '../adapters/agreement-reader.ts';
import type { NodeDb } from '../adapters/node-db.ts';
import { recordsAccounts } from '../adapters/records-accounts.ts';
import { recordsAgreements } from '../adapters/records-agreements.ts';
import { recordsBook } from '../adapters/records-book.ts';
import { recordsHistory } from '../adapters/records-history.ts';
import { recordsOutbox } from '../adapters/records-outbox.ts';
import { recordsPatterns } from '../adapters/records-patterns.ts';
import type { Accounts, Agreements } from '../policy-ports.ts';
import { confirmBeforeSql } from '../rooms/checkpoints.ts';
import type { House } from '../use-cases/answer-task.ts';
import { concludeAgreement } from '../use-cases/conclude-agreement.ts';
import { type Signed, signAgreement } from './agreement.case.ts';
import type { AtWork } from './at-work.case.ts';
import { question, type SmallHouse, smallHouse } from './house.case.ts';
import { nodeIn } from './node-in.case.ts';
import { grantedIn, outcomeOf } from './sealed.case.ts';

export interface Case extends AtWork {
  readonly agreements: Agreements;
  readonly accounts: Accounts;
  readonly node: NodeDb;
  readonly reader: AgreementReader;
  /** `granted`, or the codes of the refusal. */
  grant(agreement?: Sha256, task?: Awaited<ReturnType<SmallHouse['ask']>>): Promise<string>;
  spent(): Promise<{ cells: number; questions: number }>;
}

/** A question costs 2 cells: two cities. */
export async function openCase(
  records: Records,
  change: (agreement: Agreement) => Agreement = (agreement) => agreement,
  floor: Partial<Floor> = {},
): Promise<Case> {
  const small = await smallHouse({ change }, floor);
  const [node, reader, now] = [await nodeIn(records), agreementReader(), () => small.now];
  const [agreements, accounts] = [recordsAgreements(node, now, reader), recordsAccounts(node, now, reader)];
  const { self, archive, linked } = small.house;
  const house: House = {
    ...small.house,
    ...{ agreements, accounts, book: recordsBook(node, now, reader), history: recordsHistory(node) },
    archive: { ...archive, confirm: (question) => confirmBeforeSql(question, { self, accounts }) },
    linked: { ...linked, agreements, patterns: recordsPatterns(node) },
  };
  await concluded({ small, house, agreements }, small.agreement);
  return {
    ...{ small, house, agreements, accounts, node, reader },
    outgoing: recordsOutbox(node),
    async grant(agreement = small.agreement.hash, asked) {
      return outcomeOf(grantedIn(small, house, asked ?? (await small.ask({ agreements: [agreement] }))));
    },
    async spent() {
      const stored = await agreements.find(small.agreement.hash);
      if (stored === undefined) throw new Error('no agreement');
      const { cells, questions } = await accounts.spentUnder(stored, small.now);
      return { cells, questions };
    },
  };
}

export const concluded = (
  { house: { self, datasets }, agreements }: Pick<Case, 'small' | 'house' | 'agreements'>,
  { jws }: Signed,
  changed: (agreement: Sha256) => void = () => undefined,
) => concludeAgreement(jws, { author: null, approvals: [] }, { self, datasets, agreements, changed });

/** Version 2 of what a case has agreed on, signed by both. */
export const nextVersion = (
  { small, house }: Pick<Case, 'small' | 'house'>,
  change: (agreement: Agreement) => Agreement = (agreement) => agreement,
): Promise<Signed> =>
  signAgreement(small.parties, small.parties.holder('registry'), {
    ...{ vocabulary: small.vocabulary, dataset: [...house.datasets.keys()][0] ?? '', questions: [question] },
    change: (agreement) => change({ ...agreement, 'rv:version': 2, 'rv:replaces': small.agreement.hash }),
  });

/** The message that a task has led to. */
export async function receiptOf({ node }: Case, taskId: string): Promise<string> {
  const row = await node.db.selectFrom('message').select('jws').where('task_id', '=', taskId).executeTakeFirstOrThrow();
  return row.jws;
}
