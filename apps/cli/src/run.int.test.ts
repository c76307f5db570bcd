/** The program against a broker on this machine: asking, signing, looking, and not being fooled. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verifyAccess, verifyQuery } from '@revier/connector-sdk';
import {
  type Agreement,
  Answer,
  Problem,
  problemOf,
  QueryState,
  type QuestionInput,
  type RegisterView,
  SignedQuery,
} from '@revier/schema';
import { lateStageQuestion } from '@revier/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, loadProfile, writeProfile } from './index.ts';
import { run } from './run.ts';
import type { Terminal } from './terminal.ts';
import { type ScriptedBroker, startScriptedBroker } from './testing/scripted-broker.case.ts';
import { agreementEntry, BROKER, of, type SmallRealm, smallRealm } from './testing/small-realm.case.ts';

let realm: SmallRealm;
let broker: ScriptedBroker;
let folder: string;
let profile: string;

beforeAll(async () => {
  realm = await smallRealm();
  broker = await startScriptedBroker(realm);
  folder = await mkdtemp(join(tmpdir(), 'revier-cli-'));
  profile = await writeProfile(join(folder, '.revier'), {
    broker: broker.url,
    brokerId: BROKER,
    realm: 'test',
    pinnedSigners: [...realm.pinnedSigners],
    credential: realm.researcher.credential,
    privateKey: realm.researcher.keys.privateKey,
  });
  await writeFile(join(folder, 'question.json'), JSON.stringify(lateStageQuestion));
});
beforeEach(() => broker.reset());
afterAll(async () => {
  await broker?.close();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One call of the program in the folder of the profile. */
async function revier(args: readonly string[], piped?: string): Promise<Ran> {
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

const options = () => ({ trust: realm.trust, audience: BROKER, realm: 'test' as const, now: new Date() });
const asked = (question: Partial<QuestionInput>) => JSON.stringify({ ...lateStageQuestion, ...question });

describe('revier query', () => {
  it('asks every holder with an agreement and fitting data, and prints the table', async () => {
    const { code, out, err } = await revier(['query', 'question.json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/low +female +12\.3 \(10\.1–14\.9\)/);
    expect(out).toMatch(/high +female +·/);
    expect(out.startsWith('SYNTHETIC DATA')).toBe(true);
    const { envelope } = broker.submissions.at(-1) ?? {};
    expect(envelope?.question.holders.asked).toEqual([
      'did:web:city-a.example',
      'did:web:city-b.example',
      'did:web:registry.example',
    ]);
    expect(Object.keys(envelope?.agreements ?? {})).toEqual(envelope?.question.holders.asked);
    expect(Object.keys(envelope?.lookups ?? {})).toEqual(['deprivation-2']);
    expect((envelope?.exp ?? 0) - (envelope?.iat ?? 0)).toBe(120);
    expect(broker.idempotencyKeys.at(-1)).toBe(envelope?.jti);
  });

  it('prints the answer alone with --json, and who stands behind it on stderr', async () => {
    const { code, out, err } = await revier(['query', '--json', '-'], asked({}));
    expect(Answer.parse(JSON.parse(out)).state).toBe('complete');
    expect(err).toContain('answered: registry');
    expect(code).toBe(0);
  });

  it('watches a query that takes its time', async () => {
    broker.script.polls = 2;
    const { code, out, err } = await revier(['query', 'question.json', '--deadline', '30']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Query [0-9a-f-]{36}: 1 of 3 parts answered, waiting for 2\n3 of 3 parts answered\n$/);
    expect(out).toContain('12.3');
  });

  it('gives up after --wait, and says how to get the answer later', async () => {
    broker.script.polls = 1000;
    const { code, out, err } = await revier(['query', 'question.json', '--wait', '1']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/NOT_ANSWERED_YET[\s\S]*Query [0-9a-f-]{36} is running[\s\S]*revier answer/);
  });

  it('only submits with --wait 0; status and answer come later', async () => {
    broker.script.polls = 2;
    const submitted = await revier(['query', 'question.json', '--wait', '0']);
    expect(submitted.code).toBe(0);
    const id = submitted.out.trim();
    expect((await revier(['status', id])).code).toBe(1);
    const status = await revier(['status', id, '--json']);
    expect(status.code).toBe(0);
    expect(QueryState.parse(JSON.parse(status.out)).state).toBe('complete');
    expect((await revier(['answer', id, '--lang', 'de'])).out).toContain('12,3 (10,1–14,9)');
  });

  it('leaves with 3 when holders refuse, and says which and why', async () => {
    broker.script.refusing = ['did:web:city-b.example'];
    const { code, out } = await revier(['query', 'question.json']);
    expect(code).toBe(3);
    expect(out).toContain('PARTIAL: 2 of 3 parts are answered.');
    expect(out).toMatch(/✗ city-b[\s\S]*PURPOSE \/purpose: Not for this\./);
  });

  it('leaves with 4 when too few have answered, without calling the answer untrue', async () => {
    broker.script.tamper = (answer) => ({ ...answer, state: 'failed', cells: [] });
    const { code, out, err } = await revier(['query', 'question.json']);
    expect([code, err]).toEqual([4, '']);
    expect(out).toContain('FAILED: too few parts are answered');
  });

  it('writes a file in the format of its name, and leaves stdout empty', async () => {
    const { out, err } = await revier(['query', 'question.json', '--out', 'answer.csv']);
    expect(out).toBe('');
    expect(err).toContain('Written to answer.csv.');
    expect(await readFile(join(folder, 'answer.csv'), 'utf8')).toMatch(/^area,sex,rate\r\nlow,F,1/);
  });
});

describe('a question that cannot be asked', () => {
  it.each<[string, Partial<QuestionInput>, string, string]>([
    ['of an unknown register', { register: 'urn:revier:register:other' }, 'REGISTER_UNKNOWN', '/register'],
    ['for no purpose', { purpose: 'ehds:Curiosity' }, 'PURPOSE_UNKNOWN', '/purpose'],
    ['through an unknown lookup', { by: [{ variable: 'area', lookup: 'horoscope' }] }, 'LOOKUP_UNKNOWN', '/by/0'],
    [
      'of a holder without agreement',
      { holders: { asked: ['did:web:registry.example', 'did:web:city-a.example', 'did:web:clinic-1.example'] } },
      'AGREEMENT_MISSING',
      '/holders/asked',
    ],
    ['with too few parts', { aggregates: {} }, 'INVALID_REQUEST', '/aggregates'],
  ])('%s is refused before it is sent, with its place', async (_, change, code, pointer) => {
    const before = broker.submissions.length;
    const ran = await revier(['query', '--json'], asked(change));
    const problem = Problem.parse(JSON.parse(ran.out));
    expect([ran.code, problem.code]).toEqual([4, code]);
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(ran.err).toContain(`at ${pointer}`);
    expect(broker.submissions).toHaveLength(before);
  });

  it.each([
    ['no file', ['query', 'lost.json'], undefined, /lost\.json cannot be read/],
    ['no JSON', ['query'], '{"register":', /is not JSON/],
    ['a terminal with nothing piped', ['query'], undefined, /pipe one in/],
    ['no command', [], undefined, /Name a command/],
    ['an unknown command', ['quest'], undefined, /no command "quest"/],
    ['two files', ['query', 'a', 'b'], undefined, /"b" is too much/],
    ['no id', ['status', 'x'], undefined, /by its id/],
  ])('with %s is a fault of usage', async (_, args, piped, message) => {
    const { code, out, err } = await revier(args, piped);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toContain('--help');
  });

  it('is told in the words of the broker when the broker says no', async () => {
    broker.script.problem = problemOf('RATE_LIMITED', { detail: 'Wait.', requestId: 'r-1' });
    const { code, err } = await revier(['query', 'question.json']);
    expect(code).toBe(1);
    expect(err).toMatch(/Too many requests \(RATE_LIMITED\)\n {2}Wait\.\n {2}hint: .*\n {2}request r-1\n/);
  });
});

describe('agreements', () => {
  const listing = (...more: RegisterView['agreements']) => {
    broker.script.register = { ...realm.register, agreements: [...realm.register.agreements, ...more] };
  };
  const made = (more: Partial<Agreement>, holder = 'registry') =>
    agreementEntry(of(realm.actors, holder), of(realm.actors, 'university'), more);
  const named = async () => {
    expect((await revier(['query', 'question.json'])).code).toBe(0);
    return broker.submissions.at(-1)?.envelope.agreements;
  };

  it('are relied on in their newest version', async () => {
    const renewed = await made({ 'rv:version': 2 });
    listing(renewed);
    expect((await named())?.['did:web:registry.example']).toBe(renewed.hash);
  });

  it('over another dataset of the same holder are not', async () => {
    const other = await made({ 'rv:version': 3, target: 'urn:revier:dataset:something-else' });
    listing(other);
    expect((await named())?.['did:web:registry.example']).not.toBe(other.hash);
  });

  it('that leave out the data in question keep their holder out', async () => {
    const kept = realm.register.agreements.filter(({ holder }) => holder !== 'did:web:city-b.example');
    const other = await made({ target: 'urn:revier:dataset:something-else' }, 'city-b');
    broker.script.register = { ...realm.register, agreements: [...kept, other] };
    expect(Object.keys((await named()) ?? {})).toEqual(['did:web:city-a.example', 'did:web:registry.example']);
  });

  it('over data that nobody asked for bring no further holder in', async () => {
    listing(await made({}, 'clinic-1'));
    expect(Object.keys((await named()) ?? {})).not.toContain('did:web:clinic-1.example');
  });
});

describe('a broker that is not true', () => {
  const warned = async (sentence: RegExp) => {
    const ran = await revier(['query', 'question.json']);
    expect(ran.err).toContain('WARNING: this answer does not verify. Do not rely on it.');
    expect(ran.err).toMatch(sentence);
    expect(ran.code).toBe(4);
  };

  it('cannot sign for a holder', async () => {
    broker.script.signerOf = (holder) => (holder === 'did:web:registry.example' ? 'broker' : holder);
    await warned(/release of did:web:registry\.example .* is not signed by it/);
  });

  it('cannot let one holder sign for another', async () => {
    broker.script.signerOf = () => 'city-a';
    await warned(/release of did:web:city-b\.example .* is not signed by it/);
  });

  it('cannot call an answer without releases answered', async () => {
    broker.script.tamper = (answer) => ({
      ...answer,
      holders: answer.holders.map(({ release: _, ...part }) => part),
    });
    await warned(/there is no signed release of it/);
  });

  it('cannot leave a holder out', async () => {
    broker.script.tamper = (answer) => ({ ...answer, holders: answer.holders.slice(1) });
    await warned(/does not account for every dataset/);
  });

  it('cannot pass invented data for real', async () => {
    broker.script.tamper = (answer) => ({ ...answer, synthetic: false });
    await warned(/is of invented data, and the answer does not say so/);
  });

  it('cannot answer another question', async () => {
    broker.script.tamper = (answer) => ({
      ...answer,
      question: { ...answer.question, purpose: 'ehds:ImproveHealthcare' },
    });
    await warned(/is not the one that was signed/);
  });

  it('cannot pass an old answer for a new one', async () => {
    const old = Answer.parse(JSON.parse((await revier(['query', 'question.json', '--json'])).out));
    broker.script.tamper = () => old;
    await warned(/to another submission/);
  });

  it('cannot count a dataset twice', async () => {
    broker.script.tamper = (answer) => ({ ...answer, holders: [...answer.holders, ...answer.holders.slice(0, 1)] });
    await warned(/counts a dataset twice/);
  });

  it('cannot give out one answer for another', async () => {
    const submit = async () => (await revier(['query', 'question.json', '--wait', '0'])).out.trim();
    const [one, two] = [await submit(), await submit()];
    broker.script.instead = { [one]: two };
    const { code, err } = await revier(['answer', one]);
    expect([code, err]).toEqual([4, expect.stringContaining('The answer is to another query.')]);
  });

  it('cannot relabel an agreement', async () => {
    const [first, second, ...rest] = realm.register.agreements;
    if (first === undefined || second === undefined) throw new Error('The register has agreements.');
    const swapped = [{ ...first, agreement: second.agreement, hash: second.hash }, second, ...rest];
    broker.script.register = { ...realm.register, agreements: swapped };
    const { code, err } = await revier(['query', 'question.json']);
    expect([code, err]).toEqual([4, expect.stringContaining('was given by another holder')]);
  });

  it('cannot bring in an agreement of another register', async () => {
    const holder = of(realm.actors, 'registry');
    const other = await agreementEntry(holder, of(realm.actors, 'university'), {
      'rv:register': 'urn:revier:register:other',
    });
    broker.script.register = { ...realm.register, agreements: [other] };
    expect((await revier(['query', 'question.json'])).err).toContain('is for another register');
  });

  it('cannot be one whose trust list others have signed', async () => {
    const text = await readFile(profile, 'utf8');
    const stranger = of(realm.actors, 'broker').keys.kid;
    await writeFile(profile, JSON.stringify({ ...JSON.parse(text), pinnedSigners: [stranger] }));
    const { code, err } = await revier(['catalogue']).finally(() => writeFile(profile, text));
    expect([code, err]).toEqual([4, expect.stringContaining('Too few of the pinned signers')]);
  });
});

describe('revier sign and token', () => {
  it('sign prints a query that verifies and lasts as long as said', async () => {
    const { code, out } = await revier(['sign', 'question.json', '--deadline', '77']);
    const { envelope } = await verifyQuery(SignedQuery.parse(JSON.parse(out)), options());
    expect(code).toBe(0);
    expect(envelope.exp - envelope.iat).toBe(77);
  });

  it('token prints a token of the person, and nothing else', async () => {
    const { out } = await revier(['token']);
    const caller = await verifyAccess(out.trim(), options());
    expect(caller.kind === 'person' && caller.person).toBe('did:web:university.example#r17');
  });
});

describe('revier catalogue', () => {
  it('lists what there is, verified', async () => {
    const { code, out } = await revier(['catalogue']);
    expect(code).toBe(0);
    expect(out).toContain('urn:revier:register:colorectal-small');
    expect(out).toContain('urn:revier:dataset:registry-cancer-case-1');
    expect(out).toContain('deprivation-2');
    expect(out).toContain('ESP2013-14');
  });

  it('is JSON for programs', async () => {
    const listed: unknown = JSON.parse((await revier(['catalogue', '--json'])).out);
    expect(listed).toMatchObject({ hash: realm.vocabulary.hash, registers: [{ id: realm.register.id }] });
  });
});

describe('ways that are closed', () => {
  it('no broker is told with its address', async () => {
    const text = await readFile(profile, 'utf8');
    await writeFile(profile, JSON.stringify({ ...JSON.parse(text), broker: 'http://127.0.0.1:9' }));
    const { code, err } = await revier(['token']).finally(() => writeFile(profile, text));
    expect([code, err]).toEqual([1, expect.stringContaining('http://127.0.0.1:9')]);
  });

  it("another person's query is not there", async () => {
    const { code, err } = await revier(['answer', '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11']);
    expect([code, err]).toEqual([4, expect.stringContaining('NOT_FOUND')]);
  });
});

describe('the program itself', () => {
  it('runs as it stands, and tells its version', async () => {
    const bin = join(import.meta.dirname, 'bin.ts');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, '--version']);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), '']);
  });
});

describe('as a library', () => {
  it('asks with a profile, and hands every fault to whoever listens', async () => {
    broker.script.signerOf = () => 'city-a';
    const faults: string[] = [];
    const loaded = await loadProfile({ file: profile, cwd: folder, home: folder });
    const answer = await ask(loaded, lateStageQuestion, { onWarning: (fault) => faults.push(fault) });
    expect(answer.state).toBe('complete');
    expect(faults).toHaveLength(2);
  });
});
