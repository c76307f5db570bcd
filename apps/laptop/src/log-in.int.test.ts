/** People at the laptop federation: the program as it stands, the demo log-in, and answers that are theirs. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DEMO_CLIENT } from '@revier/demo-provider';
import { Answer, Me, PersonRole, QueryList } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { chooseUser } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreeRegisters } from './agree-registers.ts';
import { demoUsers } from './demo-log-in.ts';
import { folders } from './folders.ts';
import { foundFederation } from './found-federation.ts';
import { type Federation, raiseFederation } from './raise-federation.ts';
import { ruhrFederation } from './ruhr-federation.ts';

const PERSONS = 20_000;
const bin = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url));
const question = fileURLToPath(new URL('../../../examples/late-stage-colorectal.json', import.meta.url));
const spec = ruhrFederation(PERSONS);
let folder: string;
let federation: Federation;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-log-in-'));
  const say = (): void => undefined;
  const from = new Date();
  await foundFederation({ spec, folder, options: { persons: PERSONS }, now: from, lang: 'en', say });
  const logger = createLogger({ name: 'laptop', level: 'silent' });
  federation = await raiseFederation({ spec, folder, port: 0, logger, portTaken: say });
  await agreeRegisters({ spec, folder, url: federation.url, from });
  const profile = join(folders(folder).user, 'profile.json');
  const made: Record<string, unknown> = JSON.parse(await readFile(profile, 'utf8'));
  const login = { issuer: federation.issuer, clientId: DEMO_CLIENT };
  await writeFile(profile, JSON.stringify({ ...made, broker: federation.url, login }));
}, 120_000);
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function revier(args: readonly string[], onErr: (chunk: string) => void = () => undefined): Promise<Ran> {
  const env = { ...process.env, REVIER_PROFILE: join(folders(folder).user, 'profile.json') };
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.on('data', (chunk: Buffer) => onErr(chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, out, err };
}

const logInAs = (user: string): Promise<Ran> =>
  revier(['login'], (chunk) => {
    const address = /http:\/\/\S+\/auth\S+/.exec(chunk)?.[0];
    if (address !== undefined) chooseUser(address, user).then((back) => fetch(back));
  });

describe('at the laptop federation', () => {
  it('there is somebody for every role', () => {
    expect(new Set(demoUsers(spec).flatMap(({ roles }) => roles))).toEqual(new Set(PersonRole.options));
  });

  it('a question needs no log-in, its answer later does, and is there for who asked', async () => {
    const asked = await revier(['query', question, '--json']);
    expect(asked.err).toContain('The answer is complete.');
    const answer = Answer.parse(JSON.parse(asked.out));
    expect((await revier(['answer', answer.queryId])).err).toContain('LOGIN_NEEDED');
    expect((await logInAs('researcher')).code).toBe(0);
    const me = Me.parse(JSON.parse((await revier(['whoami', '--json'])).out));
    expect(me).toMatchObject({
      roles: ['researcher'],
      organisation: spec.dataUser.id,
      persons: [`${spec.dataUser.id}#r1`],
    });
    const list = QueryList.shape.queries.parse(JSON.parse((await revier(['queries', '--json'])).out));
    expect(list.map(({ queryId }) => queryId)).toEqual([answer.queryId]);
    const later = await revier(['answer', answer.queryId, '--json']);
    expect(Answer.parse(JSON.parse(later.out))).toEqual(answer);
    expect((await revier(['status', answer.queryId])).out).toContain('complete');
  });

  it('an auditor reads nobody’s answers, even with the key of the researcher', async () => {
    expect((await logInAs('auditor')).code).toBe(0);
    expect((await revier(['queries'])).err).toContain('FORBIDDEN');
    expect((await revier(['logout'])).code).toBe(0);
    expect((await revier(['whoami'])).err).toContain('LOGIN_NEEDED');
  });
});
