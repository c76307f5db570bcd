/** A desk to work at in tests: a realm, a scripted broker, a folder with profile and question, and the program. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CLIENT, type DemoProvider, makeProviderKeys, startDemoProvider } from '@revier/demo-provider';
import { chooseUser, lateStageQuestion } from '@revier/testkit';
import { writeProfile } from '../index.ts';
import { run } from '../run.ts';
import type { Terminal } from '../terminal.ts';
import { type ScriptedBroker, startScriptedBroker } from './scripted-broker.case.ts';
import { BROKER, type SmallRealm, smallRealm } from './small-realm.case.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Desk {
  readonly realm: SmallRealm;
  readonly broker: ScriptedBroker;
  readonly folder: string;
  /** The file of the profile. */
  readonly profile: string;
  /** One call of the program in the folder. */
  revier(args: readonly string[], piped?: string | Promise<string>, onErr?: (text: string) => void): Promise<Ran>;
  /** `revier login`, with somebody at a browser. */
  logIn(): Promise<Ran>;
  readonly provider: DemoProvider;
  close(): Promise<void>;
}

interface Surroundings {
  readonly piped?: string | Promise<string> | undefined;
  /** Sees each text on stderr. */
  readonly onErr?: ((text: string) => void) | undefined;
}

export async function openDesk(): Promise<Desk> {
  const realm = await smallRealm();
  const users = [{ id: 'r17', name: 'Erika', roles: ['researcher' as const] }];
  const keys = await makeProviderKeys();
  const provider = await startDemoProvider({ realm: 'test', port: 0, audience: BROKER, users, keys });
  const broker = await startScriptedBroker(realm, provider.issuer);
  const folder = await mkdtemp(join(tmpdir(), 'revier-cli-'));
  const profile = await writeProfile(join(folder, '.revier'), {
    broker: broker.url,
    brokerId: BROKER,
    realm: 'test',
    pinnedSigners: [...realm.pinnedSigners],
    credential: realm.researcher.credential,
    privateKey: realm.researcher.keys.privateKey,
    login: { issuer: provider.issuer, clientId: DEMO_CLIENT, scope: 'openid' },
  });
  await writeFile(join(folder, 'question.json'), JSON.stringify(lateStageQuestion));
  return {
    realm,
    broker,
    folder,
    profile,
    provider,
    revier: (args, piped, onErr) => called(folder, args, { piped, onErr }),
    logIn: () => called(folder, ['login'], { onErr: visit }),
    async close() {
      await broker.close();
      await provider.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Opens the address that is shown, chooses the person, and goes where it is sent. */
function visit(text: string): void {
  const address = /http:\/\/\S+/.exec(text)?.[0];
  if (address !== undefined) chooseUser(address, 'r17').then((back) => fetch(back));
}

/** The program called in a folder. */
export async function called(
  folder: string,
  args: readonly string[],
  { piped, onErr }: Surroundings = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    env: { LANG: 'en_GB.UTF-8' },
    cwd: folder,
    home: folder,
    stdin: piped === undefined ? Object.assign(bytesOf(''), { isTTY: true }) : bytesOf(piped),
    stdout: { write: (text) => out.push(text) },
    stderr: {
      write: (text) => {
        err.push(text);
        onErr?.(text);
      },
    },
    clock: () => new Date(),
  };
  return { code: await run(args, terminal), out: out.join(''), err: err.join('') };
}

/** One byte at a time, as a pipe may bring them. */
async function* bytesOf(text: string | Promise<string>): AsyncGenerator<Uint8Array> {
  for (const byte of Buffer.from(await text)) yield Uint8Array.of(byte);
}
