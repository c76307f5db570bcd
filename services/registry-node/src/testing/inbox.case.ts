/** A registry with people at its desk, and a data user: what tests of the inbox begin with. */
import { canonicalQuestion } from '@revier/core';
import type { Application, InboxEntry } from '@revier/schema';
import type { NodeOptions } from '../node-options.ts';
import { startNode } from '../start-node.ts';
import { type Applied, type DataUser, dataUser, question } from './data-user.case.ts';
import { type DeskInTest, type DeskStaff, deskOf, makeDeskStaff } from './desk.case.ts';
import { type Federation, startFederation } from './federation.case.ts';
import { enrolment } from './people.case.ts';

export interface InboxInTest {
  readonly federation: Federation;
  readonly staff: DeskStaff;
  readonly user: DataUser;
  readonly desk: DeskInTest;
  readonly options: NodeOptions;
  /** The registry comes up again over the same records. */
  restart(change?: Partial<NodeOptions>): Promise<void>;
  /** Applied for, and waiting at the desk. */
  waiting(
    name: string,
    more?: Parameters<DataUser['apply']>[0],
  ): Promise<{ readonly applied: Applied; readonly entry: InboxEntry }>;
  close(): Promise<void>;
}

export async function openInbox(): Promise<InboxInTest> {
  const federation = await startFederation();
  const staff = await makeDeskStaff();
  const user = await dataUser(federation);
  const firstPeople = Object.values(staff).map(enrolment);
  const options: NodeOptions = { ...federation.nodeOptions('registry'), firstPeople };
  const start = async (change: Partial<NodeOptions> = {}) => {
    await federation.nodes.get('registry')?.close();
    const node = await startNode({ ...options, ...change });
    federation.nodes.set('registry', node);
    return node;
  };
  const desk = deskOf(federation, await start());
  return {
    ...{ federation, staff, user, options, desk },
    async restart(change) {
      desk.node = await start(change);
    },
    async waiting(name, more = {}) {
      const applied = await user.apply({ ...more, application: { ...about(name), ...more.application } });
      return { applied, entry: await desk.entry({ title: name }, 'REQUESTED') };
    },
    close: () => federation.close(),
  };
}

/** A register of its own for each test. */
export function about(name: string): Pick<Application, 'register' | 'title' | 'questions'> {
  const register = `urn:revier:register:inbox-${name}`;
  return { register, title: { de: name, en: name }, questions: [canonicalQuestion({ ...question, register })] };
}
