/** How agreements stand: only their holder says so; what was revoked before an answer is published stays out of it (P4). */
import { createBrokerClient, type Signer } from '@revier/connector-sdk';
import { projectBook } from '@revier/core';
import { ExportLine, LogEntry, ProjectList, type Sha256, type StatusStatement } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER } from './testing/data-space.case.ts';
import {
  answerWith,
  CITY_A,
  CITY_B,
  codeOf,
  problemOf,
  startTwoCities,
  type TwoCities,
} from './testing/two-cities.case.ts';

let space: TwoCities;
beforeAll(async () => {
  space = await startTwoCities();
});
afterAll(() => space?.federation.close());

const clientOf = (id: string) => {
  const identity = { signer: space.federation.member(id).signer, iss: id, aud: BROKER, realm: 'test' as const };
  return createBrokerClient({ baseUrl: space.federation.url(), identity });
};
const agreementOf = (id: string): Sha256 => {
  const found = [...space.federation.agreements.values()].find(({ holder }) => holder === id);
  if (found === undefined) throw new Error(`no agreement of ${id}`);
  return found.hash;
};
const signed = (change: Partial<StatusStatement> = {}, by: Signer = space.federation.member(CITY_A).signer) =>
  by.sign('revier-status+jws', {
    ...{ kind: 'agreement-status', agreement: agreementOf(CITY_A), seq: 2, status: 'SUSPENDED', by: CITY_A },
    ...{ realm: 'test', at: new Date().toISOString(), reason: 'under review', ...change },
  });
const statusIn = async () => {
  const registers = await space.federation.asPerson(space.erika).registers();
  return registers.flatMap(({ agreements }) => agreements).find(({ hash }) => hash === agreementOf(CITY_A))?.status;
};

describe('a status statement', () => {
  it('of another holder, of another realm or by another key is refused', async () => {
    const client = clientOf(CITY_A);
    expect(await codeOf(client.sendStatuses([await signed({ by: CITY_B })]))).toBe('FORBIDDEN');
    expect(await codeOf(client.sendStatuses([await signed({ realm: 'production' })]))).toBe('WRONG_REALM');
    const theirs = space.federation.member(CITY_B).signer;
    expect(await codeOf(client.sendStatuses([await signed({}, theirs)]))).toBe('KEY_UNKNOWN');
    expect(await statusIn()).toBeUndefined();
  });

  it('by another holder about an agreement that is not its own changes nothing', async () => {
    const theirs = space.federation.member(CITY_B).signer;
    await clientOf(CITY_B).sendStatuses([await signed({ by: CITY_B, status: 'REVOKED' }, theirs)]);
    expect(await statusIn()).toBeUndefined();
    await space.submit();
    await space.finish();
  });

  it('that suspends keeps what was released out of the answer, and names the reason', async () => {
    const queryId = await space.submit();
    await answerWith(space.cityA);
    const suspended = await signed();
    await clientOf(CITY_A).sendStatuses([suspended]);
    await answerWith(space.cityB);
    const answer = await space.answerOf(queryId);
    const [holder] = answer.holders.filter((one) => one.holder === CITY_A);
    expect(holder).toMatchObject({ status: 'refused', reasons: [{ code: 'SUSPENDED' }] });
    expect(holder?.reasons[0]?.hint).toContain('under review');
    expect(holder?.statement).toBe(suspended);
    expect(holder?.receipt).toBeUndefined();
    expect(answer.state).toBe('failed');
    expect((await space.federation.asPerson(space.erika).queryState(queryId)).state).toBe('failed');
    expect(await statusIn()).toBe('SUSPENDED');
    expect((await publicStatuses())[CITY_A]).toBe('SUSPENDED');
  });

  it('that ends an agreement is heeded as soon as somebody asks, with its place; one that suspends leaves the others to be asked', async () => {
    await space.submit();
    await space.finish();
    await clientOf(CITY_A).sendStatuses([await signed({ seq: 3, status: 'ACTIVE' })]);
    await space.submit();
    await space.finish();
    await clientOf(CITY_A).sendStatuses([await signed({ seq: 4, status: 'REVOKED' })]);
    expect(await problemOf(space.submit())).toMatchObject({
      code: 'AGREEMENT_NOT_IN_FORCE',
      errors: [
        { pointer: expect.stringMatching(/^\/agreements\/\d+$/), detail: expect.stringContaining('under review') },
      ],
    });
    // What is older changes nothing any more, and what is over stays over.
    await clientOf(CITY_A).sendStatuses([await signed({ seq: 5, status: 'ACTIVE' })]);
    expect(await statusIn()).toBe('REVOKED');
  });
});

describe('the public register', () => {
  it('shows what holders have stated: revoked and expired, and no other holder’s word', async () => {
    const theirs = space.federation.member(CITY_B).signer;
    const expired = { agreement: agreementOf(CITY_B), by: CITY_B, status: 'EXPIRED' as const };
    expect((await publicStatuses())[CITY_B]).toBeNull();
    await clientOf(CITY_B).sendStatuses([await signed(expired, theirs)]);
    expect(await publicStatuses()).toMatchObject({ [CITY_A]: 'REVOKED', [CITY_B]: 'EXPIRED' });
    expect((await projects())[0]?.state).toBe('ended');
  });

  it('is made again from the exported log, where each statement stands once however often it is sent', async () => {
    const again = await signed({ seq: 6, status: 'COMPLETED' });
    await Promise.all([1, 2, 3].map(() => clientOf(CITY_A).sendStatuses([again, again])));
    const auditor = await space.federation.person('auditor', { roles: ['auditor'] });
    const text = await (await space.federation.fetchAs(auditor, '/v1/node/audit')).text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => ExportLine.parse(JSON.parse(line)));
    const snapshots = new Map(lines.flatMap((line) => (line.kind === 'snapshot' ? [[line.hash, line.content]] : [])));
    const entries = lines.flatMap((line) => (line.kind === 'entry' ? [LogEntry.parse(JSON.parse(line.entry))] : []));
    expect(entries.filter(({ decision, facts }) => decision === 'agreement-status' && facts.seq === 6)).toHaveLength(1);
    const book = projectBook();
    for (const entry of entries) book.take(entry, (hash) => JSON.parse(snapshots.get(hash) ?? 'null'));
    expect(book.projects(Date.now())).toEqual(await projects());
  });
});

async function projects() {
  const reply = await fetch(`${space.federation.url()}/v1/projects`);
  return ProjectList.parse(await reply.json()).projects;
}

const publicStatuses = async (): Promise<Record<string, string | null>> =>
  Object.fromEntries(
    (await projects()).flatMap(({ agreements }) => agreements.map(({ holder, status }) => [holder, status])),
  );
