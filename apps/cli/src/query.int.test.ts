/** Asking a broker on this machine: what is sent, what is printed, and with which exit code it ends. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Answer, Problem, problemOf, QueryState, type QuestionInput } from '@revier/schema';
import { lateStageQuestion } from '@revier/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './testing/desk.case.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
  expect((await desk.logIn()).code).toBe(0);
});
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

const asked = (question: Partial<QuestionInput>) => JSON.stringify({ ...lateStageQuestion, ...question });

describe('revier query', () => {
  it('asks every holder with an agreement and fitting data, and prints the table', async () => {
    const { code, out, err } = await desk.revier(['query', 'question.json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/low +female +12\.3 \(10\.3–14\.3\)/);
    expect(out).toMatch(/high +female +·/);
    expect(out.startsWith('SYNTHETIC DATA')).toBe(true);
    const { envelope } = desk.broker.submissions.at(-1) ?? {};
    expect(envelope?.question.holders.asked).toEqual([
      'did:web:city-a.example',
      'did:web:city-b.example',
      'did:web:registry.example',
    ]);
    expect(envelope?.agreements).toEqual(
      desk.realm.register.agreements
        .filter(({ holder }) => envelope?.question.holders.asked?.includes(holder))
        .map(({ hash }) => hash)
        .sort(),
    );
    expect(Object.keys(envelope?.lookups ?? {})).toEqual(['deprivation-2']);
    expect((envelope?.exp ?? 0) - (envelope?.iat ?? 0)).toBe(120);
    // Every node that is asked has seen the envelope: what lets one wait for the answer must not be in it.
    expect(JSON.stringify(envelope)).not.toContain(desk.broker.idempotencyKeys.at(-1));
  });

  it('prints the answer alone with --json, and who stands behind it on stderr', async () => {
    const { code, out, err } = await desk.revier(['query', '--json', '-'], asked({}));
    expect(Answer.parse(JSON.parse(out)).state).toBe('complete');
    expect(err).toContain('answered: registry');
    expect(code).toBe(0);
  });

  it('watches a query that takes its time', async () => {
    desk.broker.script.polls = 2;
    const { code, out, err } = await desk.revier(['query', 'question.json', '--deadline', '30']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Query [0-9a-f-]{36}: 1 of 3 parts answered, waiting for 2\n$/);
    expect(out).toContain('12.3');
  });

  it('gives up after --wait, and says how to get the answer later', async () => {
    desk.broker.script.polls = 1000;
    const { code, out, err } = await desk.revier(['query', 'question.json', '--wait', '1']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/NOT_ANSWERED_YET[\s\S]*Query [0-9a-f-]{36} is running[\s\S]*revier answer/);
  });

  it('only submits with --wait 0; status and answer come later', async () => {
    desk.broker.script.polls = 2;
    const submitted = await desk.revier(['query', 'question.json', '--wait', '0']);
    expect(submitted.code).toBe(0);
    const id = submitted.out.trim();
    expect((await desk.revier(['status', id])).code).toBe(1);
    const status = await desk.revier(['status', id, '--json']);
    expect(status.code).toBe(0);
    expect(QueryState.parse(JSON.parse(status.out)).state).toBe('complete');
    expect((await desk.revier(['answer', id, '--lang', 'de'])).out).toContain('12,3 (10,3–14,3)');
  });

  it('leaves with 3 when holders refuse, and says which and why', async () => {
    desk.broker.script.refusing = ['did:web:city-b.example'];
    const { code, out } = await desk.revier(['query', 'question.json']);
    expect(code).toBe(3);
    expect(out).toContain('PARTIAL: 2 of 3 parts are answered.');
    expect(out).toMatch(/✗ city-b[\s\S]*PURPOSE \/purpose: Not for this\./);
  });

  it('leaves with 4 when too few have answered, without calling the answer untrue', async () => {
    desk.broker.script.refusing = ['did:web:city-a.example', 'did:web:city-b.example', 'did:web:registry.example'];
    const { code, out, err } = await desk.revier(['query', 'question.json']);
    expect([code, err]).toEqual([4, '']);
    expect(out).toContain('FAILED: too few parts are answered');
  });

  it('writes a file in the format of its name, and leaves stdout empty', async () => {
    const { out, err } = await desk.revier(['query', 'question.json', '--out', 'answer.csv']);
    expect(out).toBe('');
    expect(err).toContain('Written to answer.csv.');
    expect(await readFile(join(desk.folder, 'answer.csv'), 'utf8')).toMatch(
      /^area,sex,rate,rate_lower,.*\r\nlow,F,12\.3,10\.3,14\.3,/,
    );
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
    const before = desk.broker.submissions.length;
    const ran = await desk.revier(['query', '--json'], asked(change));
    const problem = Problem.parse(JSON.parse(ran.out));
    expect([ran.code, problem.code]).toEqual([4, code]);
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(ran.err).toContain(`at ${pointer}`);
    expect(desk.broker.submissions).toHaveLength(before);
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
    const { code, out, err } = await desk.revier(args, piped);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toContain('--help');
  });

  it('is told in the words of the broker when the broker says no', async () => {
    desk.broker.script.problem = problemOf('RATE_LIMITED', { detail: 'Wait.', requestId: 'r-1' });
    const { code, err } = await desk.revier(['query', 'question.json']);
    expect(code).toBe(1);
    expect(err).toMatch(/Too many requests \(RATE_LIMITED\)\n {2}Wait\.\n {2}hint: .*\n {2}request r-1\n/);
  });
});
