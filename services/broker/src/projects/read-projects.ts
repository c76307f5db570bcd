/** The public register, made of the broker's own log: what is new in it is read when somebody asks, and nothing twice. */
import { projectBook } from '@revier/core';
import { LogEntry, type ProjectList } from '@revier/schema';
import type { BrokerLog, CarriedLogs } from '../log-ports.ts';
import type { Broker } from '../ports.ts';

export type ReadProjects = (now: number) => Promise<ProjectList>;

const books = new WeakMap<BrokerLog, ReadProjects>();

/** One book for each log, for as long as the process runs; it can be made again at any time. */
export function projectsOf({ log, carried, now }: Pick<Broker, 'log' | 'carried' | 'now'>): Promise<ProjectList> {
  const read = books.get(log) ?? reader(log, carried);
  books.set(log, read);
  return read(now());
}

function reader(log: BrokerLog, carried: Pick<CarriedLogs, 'latest'>): ReadProjects {
  const book = projectBook();
  let entries = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const readOn = async (): Promise<void> => {
    for await (const { index, entry, snapshots } of log.after(entries, (text) => book.wants(entryOf(text)))) {
      book.take(entryOf(entry), (hash) => parsed(snapshots.get(hash)));
      entries = index + 1;
    }
  };
  return (now) => {
    const read = async (): Promise<ProjectList> => {
      await readOn();
      return { projects: book.projects(now), entries, checkpoint: (await carried.latest(log.origin))?.note ?? null };
    };
    // One after the other: whoever comes second finds what the first has read.
    const mine = turn.then(read, read);
    turn = mine;
    return mine;
  };
}

const entryOf = (text: string): LogEntry => LogEntry.parse(JSON.parse(text));
const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
