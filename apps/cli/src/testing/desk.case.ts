/** A desk to work at in tests: a realm, a scripted broker, a folder with profile and question, and the program. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lateStageQuestion } from '@revier/testkit';
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
  revier(args: readonly string[], piped?: string): Promise<Ran>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const realm = await smallRealm();
  const broker = await startScriptedBroker(realm);
  const folder = await mkdtemp(join(tmpdir(), 'revier-cli-'));
  const profile = await writeProfile(join(folder, '.revier'), {
    broker: broker.url,
    brokerId: BROKER,
    realm: 'test',
    pinnedSigners: [...realm.pinnedSigners],
    credential: realm.researcher.credential,
    privateKey: realm.researcher.keys.privateKey,
  });
  await writeFile(join(folder, 'question.json'), JSON.stringify(lateStageQuestion));
  return {
    realm,
    broker,
    folder,
    profile,
    revier: (args, piped) => called(folder, args, piped),
    async close() {
      await broker.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function called(folder: string, args: readonly string[], piped?: string): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    env: { LANG: 'en_GB.UTF-8' },
    cwd: folder,
    home: folder,
    stdin: piped === undefined ? Object.assign(bytesOf(''), { isTTY: true }) : bytesOf(piped),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    clock: () => new Date(),
  };
  return { code: await run(args, terminal), out: out.join(''), err: err.join('') };
}

/** One byte at a time, as a pipe may bring them. */
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  for (const byte of Buffer.from(text)) yield Uint8Array.of(byte);
}
