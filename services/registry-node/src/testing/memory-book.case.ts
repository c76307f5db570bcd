/** A book in memory, and the messages that it lets leave: the rules of the records' one, without its durability. Secure sums need real records. */
import type { OutboxItem, Outgoing } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Accounts } from '../policy-ports.ts';
import type {
  AssessmentRecord,
  AuditEntry,
  Book,
  Covered,
  DroppedRelease,
  Earlier,
  RefusalRecord,
  ReleaseRecord,
  TaskIdentity,
} from '../ports.ts';
import { openSealedAnswer } from '../rooms/sieve.ts';
import { enter, keepAnswer, keptUnder, type MemoryRecords } from './memory-records.case.ts';

export interface MemoryBook extends Book {
  /** What was entered of each kind; `repeated` and `replayed` tasks are not. */
  readonly releases: (ReleaseRecord & { readonly entry: AuditEntry })[];
  readonly refusals: RefusalRecord[];
  readonly assessments: AssessmentRecord[];
  /** Tasks whose messages were asked for again. */
  readonly sentAgain: string[];
  readonly outgoing: Outgoing;
}

type Message = { state: 'pending' | 'done' | 'dropped' } & Pick<OutboxItem, 'id' | 'taskId'> &
  (
    | { readonly kind: 'receipt'; readonly receipt: string }
    | { readonly kind: 'release'; readonly header: string; readonly body: Sha256 }
  );

interface State {
  readonly records: MemoryRecords;
  readonly tasks: (TaskIdentity & { readonly isReleased: boolean })[];
  readonly messages: Map<string, Message>;
  readonly covered: Map<Sha256, Sha256>;
}

export function memoryBook(records: MemoryRecords, facts: Accounts['facts']): MemoryBook {
  const state: State = { records, tasks: [], messages: new Map(), covered: new Map() };
  const book: MemoryBook = {
    ...{ releases: [], refusals: [], assessments: [], sentAgain: [], outgoing: outgoingOf(state) },
    earlier: async (task) => earlier(state, task),
    async sendAgain(taskId) {
      book.sentAgain.push(taskId);
      sendAgain(state, taskId);
    },
    kept: async (key) => keptUnder(records, key),
    covered: async (of) => state.covered.get(coverageName(of)),
    release: (record) =>
      records.decided(async () => {
        const before = mayRelease(state, record);
        if (before !== 'new') return before;
        const entry = record.audit(await facts(record.asked));
        enterRelease(state, record, entry);
        book.releases.push({ ...record, entry });
        return 'recorded';
      }),
    refuse: (record) =>
      records.decided(async () => {
        if (enterReceipt(state, record)) book.refusals.push(record);
      }),
    assess: (record) =>
      records.decided(async () => {
        if (enterReceipt(state, record)) book.assessments.push(record);
      }),
    dropPending: async () => dropPending(state),
    decisions: async (limit) => records.log.toReversed().slice(0, limit),
  };
  return book;
}

function earlier({ tasks }: State, { taskId, identity, submissionId, dataset, stage }: TaskIdentity): Earlier {
  const found = tasks.filter(
    (one) =>
      one.taskId === taskId ||
      (one.isReleased && one.submissionId === submissionId && one.dataset === dataset && one.stage === stage),
  );
  if (found.length === 0) return 'new';
  return found.every((one) => one.taskId === taskId && one.identity === identity) ? 'repeated' : 'replayed';
}

const coverageName = ({ dataset, epoch, table }: Omit<Covered, 'digest'>) => contentHash({ dataset, epoch, table });

function mayRelease(state: State, { task, covered, opening }: ReleaseRecord) {
  if (opening !== undefined) throw new Error('secure sums are not kept in memory');
  const before = earlier(state, task);
  if (before !== 'new' || covered === null) return before;
  const first = state.covered.get(coverageName(covered));
  return first === undefined || first === covered.digest ? 'new' : 'coverage-changed';
}

function enterRelease(
  state: State,
  { task, covered, key, answer, receipt, header, asked }: ReleaseRecord,
  entry: AuditEntry,
): void {
  const { records, tasks } = state;
  const { taskId } = task;
  const { bytes, hash: body } = openSealedAnswer(answer);
  enter(records, entry);
  // What the history has not kept before is held against nothing.
  keepAnswer(records, { key, body: { bytes, hash: body }, past: null });
  for (const charge of records.charges)
    if (charge.submission === asked.submission && charge.dataset === asked.dataset)
      charge.released = { at: records.now(), body };
  if (covered !== null) state.covered.set(coverageName(covered), covered.digest);
  tasks.push({ ...task, isReleased: true });
  put(state, { id: `${taskId}:receipt`, taskId, kind: 'receipt', receipt, state: 'pending' });
  put(state, { id: `${taskId}:release`, taskId, kind: 'release', header, body, state: 'pending' });
}

/** True where it was entered. */
function enterReceipt(state: State, { task, taskId, receipt, audit }: RefusalRecord): boolean {
  const before = task === null ? null : earlier(state, task);
  if (before === 'repeated') {
    sendAgain(state, taskId);
    return false;
  }
  const isRemembered = task !== null && before === 'new';
  const id = isRemembered ? `${taskId}:receipt` : `${taskId}:${audit.codes.join(' ')}`;
  const isNew = put(state, { id, taskId, kind: 'receipt', receipt, state: 'pending' });
  if (isRemembered) state.tasks.push({ ...task, isReleased: false });
  if (isNew || isRemembered) enter(state.records, audit);
  return isNew || isRemembered;
}

/** True when it is new; one that is there already leaves again. */
function put({ messages }: State, message: Message): boolean {
  const known = messages.get(message.id);
  if (known !== undefined) known.state = 'pending';
  else messages.set(message.id, message);
  return known === undefined;
}

function sendAgain({ messages }: State, taskId: string): void {
  for (const message of messages.values())
    if (message.taskId === taskId && message.state === 'done') message.state = 'pending';
}

function dropPending({ messages, tasks }: State): DroppedRelease[] {
  const dropped = [...messages.values()].filter(({ kind, state }) => kind === 'release' && state === 'pending');
  for (const message of dropped) message.state = 'dropped';
  return tasks
    .filter(({ taskId }) => dropped.some((message) => message.taskId === taskId))
    .map(({ identity: _, isReleased: __, ...task }) => task);
}

function outgoingOf({ messages, records }: State): Outgoing {
  const bodyOf = (hash: Sha256): Uint8Array => {
    const found = records.answers.find(({ body }) => body.hash === hash);
    if (found === undefined) throw new Error('a release has lost its body');
    return found.body.bytes;
  };
  return {
    async *pending() {
      for (const { state, ...message } of messages.values())
        if (state === 'pending')
          yield message.kind === 'receipt' ? message : { ...message, body: bodyOf(message.body) };
    },
    async done(id) {
      const message = messages.get(id);
      if (message?.state === 'pending') message.state = 'done';
    },
  };
}
