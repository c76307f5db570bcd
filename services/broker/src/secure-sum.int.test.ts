/** A secure sum at a running broker: parts that are no parts of it are refused and change nothing, and what is withheld stays closed to whoever asks. */
import { createSigner, generateKeyPair } from '@revier/connector-sdk';
import { type Answer, dataModels, type QuestionInput } from '@revier/schema';
import { areas, deprivation, describeDataset, smallVocabulary } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Federation, type Person, REGISTER } from './testing/data-space.case.ts';
import { startFederation } from './testing/federation.case.ts';
import { type Masked, type ScriptedMember, scriptedMember } from './testing/scripted-member.case.ts';
import { type NodeTask, scriptedNode } from './testing/scripted-node.case.ts';
import { answerOf, builtIn, codeOf, one, problemOf } from './testing/two-cities.case.ts';

const slugs = ['clinic-1', 'clinic-2', 'clinic-3', 'clinic-4'];
const datasets = slugs.map((holder) =>
  describeDataset({ holder, model: dataModels.rehabEpisode, mode: 'F', coverage: [] }),
);
const patients: QuestionInput = {
  register: REGISTER,
  purpose: 'ehds:PublicHealthSurveillance',
  aggregates: { patients: { model: dataModels.rehabEpisode.id, count: 'persons' } },
  by: [{ variable: 'sex' }],
};
/** Of women and men at each clinic: all women together are shown, all men are not. */
const COUNTS = [20, 2];

/** Twice as long, and an attempt ends that a member is missing from. */
const REDELIVER_SECONDS = 5;

let federation: Federation;
let erika: Person;
let members: readonly ScriptedMember[];
beforeAll(async () => {
  const vocabulary = smallVocabulary(datasets);
  federation = await startFederation({
    datasets,
    documents: [areas, deprivation],
    vocabulary,
    question: patients,
    redeliverSeconds: REDELIVER_SECONDS,
  });
  await federation.publishAll();
  erika = await federation.person('erika17');
  members = datasets.map(({ holder: id }) =>
    scriptedMember({ federation, id, node: scriptedNode(federation, id, builtIn), vocabulary, counts: COUNTS }),
  );
});
afterAll(() => federation?.close());

async function submit(question = patients): Promise<string> {
  const submitted = await federation.asPerson(erika).submit(await federation.sign(erika, { question, seconds: 600 }));
  if (submitted.kind !== 'state') throw new Error('An answer before anybody was asked.');
  return submitted.state.queryId;
}

const tasks = (): Promise<NodeTask[]> => Promise.all(members.map(({ node }) => one(node)));

/** Everybody accepts; the tasks that show the roster. */
async function roster(): Promise<NodeTask[]> {
  const offered = await tasks();
  await Promise.all(members.map((member, at) => member.offer(offered[at] ?? missing())));
  return tasks();
}

const missing = (): never => {
  throw new Error('A member has no task.');
};

async function maskedBy(some: readonly ScriptedMember[], shown: readonly NodeTask[]): Promise<Masked[]> {
  const parts = some.map((member) => member.mask(shown[members.indexOf(member)] ?? missing()));
  await Promise.all(
    some.map((member, at) => member.node.send(shown[members.indexOf(member)] ?? missing(), parts[at] ?? missing())),
  );
  return parts;
}

async function openedBy(parts: readonly Masked[]): Promise<void> {
  const asked = await tasks();
  await Promise.all(members.map((member, at) => member.open(asked[at] ?? missing(), parts[at] ?? missing())));
}

const cellsOf = ({ cells }: Answer) => cells.map(({ measures: { patients: cell } }) => cell);

describe('a masked part', () => {
  let queryId: string;
  let shown: NodeTask[];
  let first: ScriptedMember;
  let own: NodeTask;
  let genuine: Masked;
  beforeAll(async () => {
    queryId = await submit();
    shown = await roster();
    [first = missing()] = members;
    [own = missing()] = shown;
    genuine = first.mask(own);
  });

  const pointerOf = async (work: Promise<unknown>) => {
    const problem = await problemOf(work);
    return [problem?.code, problem?.errors?.[0]?.pointer];
  };

  it('of the wrong length, without a share for everybody, or of another table is refused', async () => {
    const { words, shares } = genuine.parts;
    const [, ...fewer] = Object.entries(shares);
    const send = (change: Parameters<ScriptedMember['altered']>[2]) =>
      pointerOf(first.node.send(own, first.altered(own, genuine, change)));
    expect(await send({ words: words.slice(8) })).toEqual(['INVALID_REQUEST', '/words']);
    expect(await send({ words: new Uint8Array(words.length + 8) })).toEqual(['INVALID_REQUEST', '/words']);
    expect(await send({ shares: Object.fromEntries(fewer) })).toEqual(['INVALID_REQUEST', '/shares']);
    expect(await send({ table: `sha256:${'0'.repeat(64)}` })).toEqual(['INVALID_REQUEST', '/table']);
  });

  it.each<[string, (sum: Masked['sum']) => Partial<Masked['sum']>, string]>([
    ['another roster', () => ({ roster: `sha256:${'0'.repeat(64)}` }), '/sum/roster'],
    ['another attempt', () => ({ attempt: 2 }), '/sum/roster'],
    ['other members', ({ members: all }) => ({ members: all.slice(1) }), '/sum/members'],
    ['noise of another law', () => ({ variance: 1 }), '/sum/members'],
    [
      'another submission, of which nothing was opened',
      () => ({ submission: `sha256:${'0'.repeat(64)}` }),
      '/sum/submission',
    ],
  ])('that says it is of %s is refused', async (_, ofSum, pointer) => {
    const altered = first.altered(own, genuine, {}, ofSum(genuine.sum));
    expect(await pointerOf(first.node.send(own, altered))).toEqual(['INVALID_REQUEST', pointer]);
  });

  it('from a stranger is refused: another member, a key that nobody knows, a task that is not its own', async () => {
    const [, second = missing()] = members;
    const unknown = await createSigner((await generateKeyPair()).privateKey);
    expect(await codeOf(first.node.send(own, genuine, federation.member(second.id).signer))).toBe('KEY_UNKNOWN');
    expect(await codeOf(first.node.send(own, genuine, unknown))).toBe('KEY_UNKNOWN');
    expect(await codeOf(second.node.send(own, genuine))).toBe('NOT_FOUND');
  });

  it('is not opened before everybody has masked, nor with a seed that was not committed to', async () => {
    expect(await pointerOf(first.open(own, genuine))).toEqual(['INVALID_REQUEST', '/attempt']);
    await first.node.send(own, genuine);
    expect(await pointerOf(first.open(own, genuine, { seed: 'A'.repeat(43) }))).toEqual(['INVALID_REQUEST', '/seed']);
    // Its own seed is too early, and changes nothing.
    await first.open(own, genuine);
    expect((await federation.asPerson(erika).queryState(queryId)).state).toBe('running');
  });

  it('twice counts once: the first one, whatever the second says', async () => {
    const other = first.mask(own);
    await first.node.send(own, genuine);
    await first.node.send(own, other);
    const parts = [genuine, ...(await maskedBy(members.slice(1), shown))];
    expect(await pointerOf(first.open(own, other))).toEqual(['INVALID_REQUEST', '/seed']);
    await openedBy(parts);
    const answer = await answerOf(federation, erika, queryId);
    expect(answer.state).toBe('complete');
    expect(cellsOf(answer)).toMatchObject([
      { status: 'value', value: 80, error: { sd: 2.24, within95: 5 } },
      { status: 'withheld' },
    ]);
    expect(answer.measures).toMatchObject([{ additive: false }]);
  });

  it('comes with its seeds to whoever asked only where the answer withholds nothing', async () => {
    expect((await federation.asPerson(erika).proof(queryId)).seeds).toBeUndefined();
    const total = await submit({ ...patients, by: [] });
    await openedBy(await maskedBy(members, await roster()));
    expect(cellsOf(await answerOf(federation, erika, total))).toMatchObject([{ status: 'value', value: 88 }]);
    expect(Object.keys((await federation.asPerson(erika).proof(total)).seeds ?? {})).toHaveLength(4);
  });

  it('that comes late, when its attempt has ended, is refused, and nothing of that attempt is ever opened', async () => {
    const late = await submit({ ...patients, by: [{ variable: 'year' }] });
    const before = await roster();
    const [absent = missing(), ...present] = members;
    const [belated = missing()] = before;
    const part = absent.mask(belated);
    await maskedBy(present, before);
    const steps = async () => (await absent.node.tasks()).map(({ task: { sum } }) => [sum?.step, sum?.attempt]);
    await expect.poll(steps, { timeout: 60_000 }).toEqual([['offer', 2]]);
    expect(await pointerOf(absent.node.send(belated, part))).toEqual(['INVALID_REQUEST', '/sum/roster']);
    expect(await pointerOf(absent.open(belated, part))).toEqual(['INVALID_REQUEST', '/attempt']);
    expect((await federation.asPerson(erika).queryState(late)).state).toBe('running');
    expect(federation.logged()).toContain('"/v1/node/tasks/:taskId/release","status":400');
  });
});
