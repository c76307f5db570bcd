/** The desks of a federation: the command line of whoever works there, in their folder, with their keys; and what they do there day by day. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ExitCode, loadProfile, type Profile, run } from '@revier/cli';
import { folders } from '@revier/laptop';
import {
  Agreement,
  AgreementList,
  type AgreementView,
  type InboxEntry,
  InboxList,
  InboxView,
  LongAgreementView,
  type StaffRole,
} from '@revier/schema';
import type { Federation } from './federation.ts';
import type { Slug } from './members.ts';
import { until } from './until.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** One call of the program in the folder of the federation. */
export async function call(cwd: string, args: readonly string[], clock = () => new Date()): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, {
    ...{ env: {}, cwd, home: cwd, stdin: Readable.from([]), clock },
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

/** Rejects with what the program says when it does not leave with 0. */
async function done(ran: Promise<Ran>): Promise<string> {
  const { code, out, err } = await ran;
  if (code !== 0) throw new Error(`${code}: ${err}${out}`);
  return out;
}

export interface University {
  /** `revier register …` in its folder. */
  register(...args: string[]): Promise<string>;
  /** `revier register status`, from the folder alone. */
  status(): Promise<string>;
  /** Writes the draft into a file, and hands it to `revier register <command> <file>`. */
  handIn(command: 'apply' | 'amend', draft: object, ...more: string[]): Promise<string>;
  /** `revier register sync`: once, whether or not somebody has to decide. */
  sync(clock?: () => Date): Promise<void>;
  /** Accepts the counter-offer about this dataset, as soon as it has come. */
  accept(entry: InboxEntry): Promise<void>;
  /** For the person who may ask these registers, as `~/.revier/profile.json`. */
  profile(...registers: string[]): Promise<Profile>;
}

export function universityOf({ folder, brokerUrl }: Federation): University {
  const own = ['--folder', folders(folder).dataUser, '--broker', brokerUrl];
  const register = (...args: string[]) => done(call(folder, ['register', ...args, ...own]));
  const sync = async (clock?: () => Date): Promise<void> => {
    const { code, err } = await call(folder, ['register', 'sync', ...own], clock);
    // 3: a counter-offer waits for somebody.
    if (code !== 0 && code !== 3) throw new Error(err);
  };
  return {
    register,
    status: () => done(call(folder, ['register', 'status', '--folder', folders(folder).dataUser, '--lang', 'en'])),
    async handIn(command, draft, ...more) {
      const file = join(folder, 'application.json');
      await writeFile(file, JSON.stringify(draft));
      return register(command, file, ...more);
    },
    sync,
    async accept({ register: id, dataset }) {
      await until(`a counter-offer about ${dataset} has come`, async () => {
        await sync();
        return register('accept', String(id), '--dataset', String(dataset));
      });
    },
    async profile(...registers) {
      const home = join(folder, '.revier');
      const [request, file] = [join(folder, 'request.json'), join(home, 'profile.json')];
      await done(call(folder, ['credential', 'request', '--folder', home, '-o', request]));
      const names = ['--name', 'r1', '--registers', registers.join(',')];
      await done(call(folder, ['credential', 'issue', request, ...names, ...own, '-o', file]));
      return { ...(await loadProfile({ file, cwd: folder, home: folder })), broker: brokerUrl };
    },
  };
}

export interface Holder {
  readonly slug: Slug;
  readonly inbox: (...args: string[]) => Promise<string>;
  readonly agreement: (...args: string[]) => Promise<string>;
  readonly node: (...args: string[]) => Promise<string>;
  key(role: StaffRole): string;
  /** The application for this version of a register, as soon as it is in this state; without one, as it is. */
  entry(register: string, version: number, state?: InboxEntry['state']): Promise<InboxEntry>;
  /** Each with their own key. */
  approve(entry: InboxEntry, ...roles: StaffRole[]): Promise<void>;
  /** By the deputy, who does not approve then. */
  limit(entry: InboxEntry, ...how: string[]): Promise<void>;
  /** The same, to what `edit` makes of the agreement that was asked for. */
  edit(entry: InboxEntry, edit: (asked: Agreement) => Agreement): Promise<void>;
  status(register: string, version: number): Promise<AgreementView | undefined>;
  /** Of the newest version. */
  inForce(register: string): Promise<Agreement>;
}

export function holderOf({ folder }: Federation, slug: Slug): Holder {
  const own = ['--folder', folders(folder).node(slug)];
  const group =
    (name: string) =>
    (...args: string[]) =>
      done(call(folder, [name, ...args, ...own]));
  const [inbox, agreement] = [group('inbox'), group('agreement')];
  const key = (role: StaffRole): string => join(folders(folder).people(slug), `${role}.jwk`);
  const limit = async (entry: InboxEntry, ...how: string[]): Promise<void> =>
    void (await inbox('limit', short(entry), ...how, '--key', key('deputy-steward')));
  const all = async (register: string): Promise<readonly AgreementView[]> =>
    AgreementList.parse(JSON.parse(await agreement('list', '--json'))).agreements.filter(
      (one) => one.register === register,
    );
  return {
    ...{ slug, inbox, agreement, node: group('node'), key, limit },
    entry: (register, version, state) =>
      until(`${slug} has an application that is ${state}`, async () => {
        const { entries } = InboxList.parse(JSON.parse(await inbox('list', '--json')));
        const mine = entries.find((one) => one.register === register && one.version === version);
        return (state === undefined || mine?.state === state) && mine;
      }),
    async approve(entry, ...roles) {
      for (const role of roles) await inbox('approve', short(entry), '--key', key(role));
    },
    async edit(entry, edit) {
      const view = InboxView.parse(JSON.parse(await inbox('show', short(entry), '--json')));
      const file = join(folder, `edited-${slug}.json`);
      await writeFile(file, JSON.stringify(edit(Agreement.parse(view.agreement))));
      await limit(entry, '--from', file);
    },
    status: async (register, version) => (await all(register)).find((one) => one.version === version),
    async inForce(register) {
      const newest = (await all(register)).reduce((a, b) => (a.version > b.version ? a : b));
      const long = LongAgreementView.parse(JSON.parse(await agreement('show', newest.hash, '--json')));
      return long.agreement;
    },
  };
}

const short = ({ id }: InboxEntry): string => id.slice('urn:uuid:'.length);

/** A member of the committee, by a change that two sign. */
export async function enrolCommittee(folder: string, { node, key, slug }: Holder): Promise<void> {
  const member = join(folder, `committee-${slug}`);
  await done(call(folder, ['credential', 'request', '--folder', member, '-o', `${member}.json`]));
  await cp(join(member, 'key.jwk'), key('committee'));
  const who = ['--name', 'Kim Rat', '--role', 'committee', '--key', key('committee')];
  await node('person', 'add', ...who, '-o', `${member}-0.json`);
  for (const [at, role] of (['steward', 'signatory'] as const).entries())
    await done(
      call(folder, [
        'node',
        'sign-restart',
        `${member}-${at}.json`,
        '--key',
        key(role),
        '-o',
        `${member}-${at + 1}.json`,
      ]),
    );
  await node('person', 'change', '--statement', `${member}-2.json`);
}
