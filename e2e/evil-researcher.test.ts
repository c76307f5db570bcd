/** The evil researcher: with a key and a credential of their own they ask whatever they like, and learn nothing that was not agreed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Profile, sign } from '@revier/cli';
import { canonicalText, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { type Answer, Problem, type QuestionInput } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Federation, flagship } from './harness/federation.ts';
import { idOf } from './harness/members.ts';
import { otherPerson, type Person } from './harness/other-person.ts';
import { revier } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';
import { type ControlRun, weakened } from './harness/weakened.ts';
import { type Weakness, without } from './harness/weakness.ts';
import { withTexts } from './harness/with-texts.ts';

/** Services are started again with one defence taken out, and again with it. */
vi.setConfig({ testTimeout: 400_000 });

let federation: Federation;
let mallory: Person;
beforeAll(async () => {
  federation = await startFederation();
  mallory = await otherPerson(federation, 'mallory1');
});
afterAll(() => federation.stop());

const askAs = (profile: Profile, question: QuestionInput): Promise<Answer> =>
  ask(profile, question, { onWarning: (fault) => Promise.reject(new Error(fault)) });

const partOf = ({ holders }: Answer) => holders.find(({ holder }) => holder === idOf('krebsregister'));

/** What the registry says to it: released, or the codes of its refusal. */
async function registrySays(question: QuestionInput): Promise<readonly string[]> {
  const part = partOf(await askAs(federation.profile, question));
  return part?.status === 'answered' ? ['released'] : (part?.reasons.map(({ code }) => code) ?? []);
}

const control = (of: 'broker' | 'krebsregister' | 'essen', ...weaknesses: readonly Weakness[]): ControlRun => ({
  service: of === 'broker' ? federation.broker : federation.nodes[of],
  weaknesses,
  settled: federation.ready,
});

describe('averaging', () => {
  const figures = async (profile: Profile): Promise<string> => canonicalText((await askAs(profile, flagship)).cells);

  it('finds one answer in twenty, over persons, sessions and restarts of the node', async () => {
    const seen = new Set<string>();
    for (let at = 0; at < 20; at++) {
      if (at === 12) {
        await federation.nodes.krebsregister.terminate();
        await federation.nodes.krebsregister.start();
        await federation.ready();
      }
      seen.add(await figures(at % 2 === 0 ? federation.profile : mallory));
    }
    expect(seen.size).toBe(1);
  });

  it('wins where noise is drawn anew and no answer is kept, nor held against the next', async () => {
    const anew: Weakness = {
      file: 'services/registry-node/src/rooms/guard.ts',
      defence: 'versions: versionsOf(own, vocabulary.catalogue, cellKeys),',
      instead: 'versions: crypto.randomUUID(),',
    };
    const fresh: Weakness = {
      file: 'services/registry-node/src/rooms/sieve.ts',
      defence: '{ minCellSize, cellKeys, pattern }, noiseKey, history)',
      instead:
        '{ minCellSize, cellKeys, pattern }, crypto.getRandomValues(new Uint8Array(32)), { ...history, past: [] })',
    };
    const seen = await weakened(control('krebsregister', anew, fresh), async () => {
      const all = new Set<string>();
      for (let at = 0; at < 4; at++) all.add(await figures(mallory));
      return all;
    });
    expect(seen.size).toBeGreaterThan(1);
  });
});

/** Of the agreed table, with one year less: subtracted from it, what is left is one year of each cell. */
const oneYearLess: QuestionInput = {
  register: flagship.register,
  purpose: flagship.purpose,
  aggregates: {
    cases: {
      model: 'cancer-case/1',
      count: 'cases',
      where: [
        { variable: 'site', in: ['C18-C20'] },
        { variable: 'diagnosisYear', from: 2017, to: 2020 },
      ],
    },
  },
  by: flagship.by ?? [],
};

describe('differencing', () => {
  it('by a filter that was not agreed is refused, and wins where tables are not compared', async () => {
    expect(await registrySays(oneYearLess)).toContain('TABLE_NOT_AGREED');
    const anyTable: Weakness = {
      file: 'packages/core/src/policy/operands.ts',
      defence: 'return judgeSet(constraint, [request.tableHash]);',
      instead: 'return verdict(true, null);',
    };
    const said = await weakened(control('krebsregister', anyTable), () => registrySays(oneYearLess));
    expect(said).toEqual(['released']);
  });
});

describe('another purpose than agreed', () => {
  const saysEssen = async (question: QuestionInput) => {
    const part = (await askAs(mallory, question)).holders.find(({ holder }) => holder === idOf('essen'));
    return part?.status === 'answered' ? ['released'] : (part?.reasons.map(({ code }) => code) ?? []);
  };

  it('is refused, and passes where purposes are not compared', async () => {
    const evil: QuestionInput = { ...flagship, purpose: 'ehds:HealthcareScientificResearch' };
    expect(await saysEssen(evil)).toContain('PURPOSE');
    const anyPurpose: readonly Weakness[] = [
      {
        file: 'packages/core/src/policy/binding.ts',
        defence: "...(purposes.every(isApproved) ? [] : [reason('PURPOSE', '/register/purpose')]),",
        instead: '',
      },
      {
        file: 'packages/core/src/policy/operands.ts',
        defence: 'return judgePurpose(constraint, facts);',
        instead: 'return verdict(true, null);',
      },
    ];
    expect(await weakened(control('essen', ...anyPurpose), () => saysEssen(evil))).toEqual(['released']);
  });
});

/** Canonical where there is such a form: half a character has none, and is sent nevertheless. */
function textOf(payload: unknown): string {
  try {
    return canonicalText(payload);
  } catch {
    return JSON.stringify(payload);
  }
}

/** Signed as it is, well formed or not, and posted. */
async function post(payload: unknown, by: Person = mallory): Promise<readonly [status: number, code: string]> {
  const { credential, signText, broker } = by;
  const body = JSON.stringify({ query: signText(textOf(payload)), credential });
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${broker}/v1/queries`, { method: 'POST', headers, body });
  const said: unknown = await reply.json();
  return [reply.status, reply.ok ? 'accepted' : Problem.parse(said).code];
}

describe('an injection', () => {
  const small: QuestionInput = {
    register: flagship.register,
    purpose: flagship.purpose,
    aggregates: { late: { model: 'cancer-case/1', count: 'cases', where: [{ variable: 'site', in: ['C18-C20'] }] } },
    by: [{ variable: 'area', lookup: 'deprivation-quintile-2021' }, { variable: 'sex' }],
  };
  const envelope = async () => Object(unverified((await sign(mallory, small)).query));
  const counted = async () => (await federation.decisions('krebsregister')).length;

  it.each([
    ['SQL', "x') or 1=1; drop table cases; --"],
    ['a pattern', '%'],
    ['letters that look alike', 'ѕех'],
    ['a way to a prototype', '__proto__'],
    ['half a character', '\ud800'],
    ['a text without end', 'C18'.repeat(20_000)],
  ])('of %s through any text of a question is refused before any data are touched', async (_what, text) => {
    const before = await counted();
    const given = await envelope();
    const outcomes = new Set<string>();
    for (const question of withTexts(given.question, text)) {
      const [status, code] = await post({ ...given, jti: crypto.randomUUID(), question });
      outcomes.add(`${status} ${code}`);
    }
    expect(outcomes.size).toBeGreaterThan(0);
    expect([...outcomes].filter((one) => !/^4\d\d (?!RATE_LIMITED)/.test(one))).toEqual([]);
    expect(await counted()).toBe(before);
  });

  it('passes the broker where codes need not be registered', async () => {
    const anyCode: Weakness = {
      file: 'packages/core/src/query/filter.ts',
      defence: 'if (!index.has(code))',
      instead: 'if (!index.has(code)) return [code]; else if (code.length < 0)',
    };
    const given = await envelope();
    const question = {
      ...given.question,
      aggregates: { late: { ...small.aggregates.late, where: [{ variable: 'site', in: ["x'or'1'='1"] }] } },
    };
    const evil = () => post({ ...given, jti: crypto.randomUUID(), question });
    expect(await evil()).toEqual([422, 'CODE_UNKNOWN']);
    expect((await weakened(control('broker', anyCode), evil))[1]).not.toBe('CODE_UNKNOWN');
  });
});

describe('too much at once', () => {
  it('is refused after what one person may have under way, and not where nobody counts', async () => {
    const settings = join(folders(federation.folder).broker, 'broker.json');
    const before = await readFile(settings, 'utf8');
    await writeFile(settings, JSON.stringify({ ...JSON.parse(before), limits: { unfinishedQueries: 2 } }));
    const { essen } = federation.nodes;
    const carol = await otherPerson(federation, 'carol1');
    /** One node is away, so none of them is answered at once. */
    const flood = async () => {
      await essen.terminate();
      const codes: string[] = [];
      for (let at = 0; at < 4; at++) {
        const { query } = await sign(carol, flagship, { deadlineSeconds: 10 });
        codes.push((await post(unverified(query), carol))[1]);
      }
      await essen.start();
      return codes;
    };
    const uncounted: Weakness = {
      file: 'services/broker/src/use-cases/submit-query.ts',
      defence: 'if ((await queries.countUnanswered(person)) < limits.unfinishedQueries) return;',
      instead: 'return;',
    };
    const lost = await weakened(control('broker'), flood);
    await sleep(10_000);
    const won = await weakened(control('broker', uncounted), flood);
    await writeFile(settings, before);
    expect(lost).toEqual(['accepted', 'accepted', 'BROKER_BUSY', 'BROKER_BUSY']);
    expect(won).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  });
});

describe('a node that was stopped', () => {
  const run = (...args: string[]) => revier(['node', ...args], { cwd: federation.folder });
  const node = () => folders(federation.folder).node('essen');
  const stewardTwice = async () => {
    const key = join(folders(federation.folder).people('essen'), 'steward.jwk');
    await run('stop', '--folder', node(), '--reason', 'odd questions');
    await run('restart-statement', '--folder', node(), '--reason', 'checked', '-o', 'statement.json');
    await run('sign-restart', 'statement.json', '--key', key, '-o', 'once.json');
    return run('start', '--folder', node(), '--statement', 'once.json');
  };

  it('is not started by one person alone, and is where one is enough', async () => {
    await expect(stewardTwice()).rejects.toThrow(/Two different|TWO_PERSONS_NEEDED/);
    const one: Weakness = {
      file: 'services/registry-node/src/rooms/two-persons.ts',
      defence: '.size < 2) throw',
      instead: '.size < 1) throw',
    };
    const { essen } = federation.nodes;
    await essen.terminate();
    await essen.start(without(one));
    await stewardTwice();
    await federation.ready();
    await essen.terminate();
  });
});
