/** Part a: one question to N nodes that wait, and N signed releases of 2 KB back: verified, stored, acknowledged. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { publicKeyOf } from '@revier/connector-sdk';
import type { SignedQuery } from '@revier/schema';
import { clock, median } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';
import { type BrokerUnderTest, type Place, startBrokerUnderTest } from './broker-under-test.ts';
import { type Crowd, expectNews, startCrowd } from './crowd.ts';
import { BROKER, type DataSpace, makeDataSpace } from './data-space.ts';
import { bareChecks, barePolls, barePosts, QUIET_MS } from './floors.ts';

const REACH = 2.2;
const AIM = 1.5;

export async function measureFanOut({ quick, say }: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of quick ? [10, 100] : [10, 100, 1000]) {
    const space = await makeDataSpace(count);
    for (const place of ['server', 'embedded'] as const) {
      say(`a  ${count} nodes, ${place} records`);
      rows.push(...(await measureAt(space, place, quick ? 3 : 5)));
    }
  }
  return rows;
}

export async function measureAt(space: DataSpace, place: Place, rounds: number): Promise<Row[]> {
  const broker = await startBrokerUnderTest(space, place);
  if (broker === undefined) return [];
  const crowd = startCrowd();
  try {
    expectNews(await crowd.order({ do: 'gather', nodes: [...space.nodes], ...headOf(space) }), 'gathered');
    const taken: Round[] = [];
    for (let round = -2; round < rounds; round++) {
      const one = await oneRound(broker, crowd, space);
      if (round >= 0) taken.push(one);
    }
    return rowsOf(space.nodes.length, place, taken);
  } finally {
    await crowd.close();
    await broker.close();
  }
}

/** What all release headers have in common. */
const headOf = ({ holders: { plan } }: DataSpace) => {
  const [task] = plan.tasks;
  const common = {
    questionHash: plan.questionHash,
    aud: BROKER,
    realm: 'test',
    synthetic: task?.dataset.synthetic,
    epoch: task?.dataset.epoch,
    asOf: task?.dataset.asOf,
    table: task?.tableHash,
    mode: 'L',
    minCellSize: 5,
  };
  return { broker: BROKER, common };
};

interface Round {
  /** From the submission to the last task at a node; from the first release sent to the last one acknowledged. */
  readonly fanOut: number;
  readonly gather: number;
  /** From the last acknowledgement to the signed answer. */
  readonly answer: number;
  readonly floors: { readonly polls: number; readonly posts: number; readonly checks: number };
  /** Milliseconds that the broker's process has computed meanwhile, all of its threads taken together. */
  readonly computed: { readonly fanOut: number; readonly gather: number };
  readonly taskBytes: number;
}

function computedSoFar(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function oneRound(broker: BrokerUnderTest, crowd: Crowd, space: DataSpace): Promise<Round> {
  const count = space.nodes.length;
  const { hash } = await broker.person.catalogue();
  const query = await space.sign(hash);
  const idempotencyKey = randomUUID();
  expectNews(await crowd.order({ do: 'poll', url: broker.url }), 'polling');
  await sleep(QUIET_MS + count);
  const [from, idle] = [clock(), computedSoFar()];
  const [submitted, news] = await Promise.all([broker.person.submit(query, { idempotencyKey }), crowd.next()]);
  const { at, bytes, header } = expectNews(news, 'tasks');
  const asked = computedSoFar();
  if (submitted.kind !== 'state') throw new Error('An answer came before the releases.');
  await sleep(QUIET_MS);
  const rested = computedSoFar();
  const sent = expectNews(await crowd.order({ do: 'send', url: broker.url }), 'sent');
  const gathered = computedSoFar();
  const answered = await answerAt(broker, query, idempotencyKey);
  const [owner] = space.nodes;
  if (owner === undefined) throw new Error('There are no nodes.');
  return {
    fanOut: at - from,
    gather: sent.to - sent.from,
    answer: answered - sent.to,
    computed: { fanOut: asked - idle, gather: gathered - rested },
    floors: {
      polls: await barePolls(crowd, Math.ceil(bytes / count)),
      posts: await barePosts(crowd),
      checks: await bareChecks(count, header, publicKeyOf(owner.privateKey), 1),
    },
    taskBytes: Math.ceil(bytes / count),
  };
}

/** The same submission again, which waits. */
async function answerAt({ person }: BrokerUnderTest, query: SignedQuery, idempotencyKey: string): Promise<number> {
  for (;;) {
    const submitted = await person.submit(query, { idempotencyKey, waitSeconds: 60 });
    if (submitted.kind === 'state') continue;
    const { state } = submitted.answer;
    if (state === 'complete') return clock();
    throw new Error(`The query ended as ${state}.`);
  }
}

function rowsOf(count: number, place: Place, rounds: readonly Round[]): Row[] {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const [polls, hv] = [of(({ floors }) => floors.polls), of(({ floors: { posts, checks } }) => posts + checks)];
  const kib = of(({ taskBytes }) => taskBytes) / 1024;
  const row = (what: string, value: number, floor: Row['floor'] & object): Row => ({
    part: 'a',
    what: `${what}, ${count} nodes, ${place} records`,
    value,
    unit: 'ms',
    floor,
  });
  const both = { what: 'H + V', value: hv };
  return [
    {
      ...row(
        'gather',
        of(({ gather }) => gather),
        both,
      ),
      note: `the broker computes ${of(({ computed }) => computed.gather).toFixed(0)} ms`,
      ...(place === 'server' && count === 1000 ? { reach: REACH * hv, aim: AIM * hv } : {}),
    },
    {
      ...row(
        'fan-out',
        of(({ fanOut }) => fanOut),
        { what: 'bare polls of the same bytes', value: polls },
      ),
      note: `a task has ${kib.toFixed(1)} KiB; the broker computes ${of(({ computed }) => computed.fanOut).toFixed(0)} ms`,
    },
    row(
      'both',
      of(({ fanOut, gather }) => fanOut + gather),
      both,
    ),
    {
      part: 'a',
      what: `answer afterwards, ${count} nodes, ${place} records`,
      value: of(({ answer }) => answer),
      unit: 'ms',
    },
  ];
}
