/** Evidence and its traps before a real node; and what the node tells of all that on its own port. */
import { contentHash, unverified } from '@revier/core';
import { type CompactJws, type RefusalCode, ReleaseHeader } from '@revier/schema';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused } from './testing/expect-refused.case.ts';
import { type Federation, rateQuestion, startFederation, until } from './testing/federation.case.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

const expectRefusal = (taskId: string, code: RefusalCode) => expectRefused(federation, taskId, code);

describe('evil evidence', () => {
  const rate = async (asked: Awaited<ReturnType<Federation['ask']>>, evidence: CompactJws[]): Promise<string> =>
    federation.give('registry', asked, { stage: 1, evidence });

  const headerOf = (jws: CompactJws): ReleaseHeader => ReleaseHeader.parse(unverified(jws));

  async function presented() {
    const asked = await federation.ask(rateQuestion);
    const [bochum = '', ...others] = await federation.populations(asked);
    return { asked, bochum, others };
  }

  const signed = (header: ReleaseHeader, slug: string) =>
    federation.parties.holder(slug).signer.sign('revier-release+jws', header);

  it('that the broker has made itself', async () => {
    const { asked, bochum, others } = await presented();
    const forged = await federation.parties.broker.signer.sign('revier-release+jws', headerOf(bochum));
    await expectRefusal(await rate(asked, [forged, ...others]), 'EVIDENCE_INVALID');
  });

  it('that was given to another submission', async () => {
    const { bochum } = await presented();
    const { asked, others } = await presented();
    await expectRefusal(await rate(asked, [bochum, ...others]), 'EVIDENCE_INVALID');
  });

  it('whose holder answers for another', async () => {
    const { asked, bochum, others } = await presented();
    await expectRefusal(await rate(asked, [await signed(headerOf(bochum), 'essen'), ...others]), 'EVIDENCE_INVALID');
    const own = { ...headerOf(bochum), iss: federation.parties.holder('essen').id };
    await expectRefusal(await rate(asked, [await signed(own, 'essen'), ...others]), 'EVIDENCE_INVALID');
  });

  it.each([
    ['another table', { table: contentHash('another table') }],
    ['another question', { questionHash: contentHash('another question') }],
    ['another data epoch', { epoch: 'ffffffffffffffff' }],
    ['another realm', { realm: 'production' as const }],
    ['another broker', { aud: 'did:web:other-broker.example' as const }],
    ['a mode that hides figures', { mode: 'L' as const }],
  ])('of %s', async (_, change) => {
    const { asked, bochum, others } = await presented();
    const jws = await signed({ ...headerOf(bochum), ...change }, 'bochum');
    await expectRefusal(await rate(asked, [jws, ...others]), 'EVIDENCE_INVALID');
  });

  it('that comes twice', async () => {
    const { asked, bochum, others } = await presented();
    await expectRefusal(await rate(asked, [bochum, bochum, ...others]), 'EVIDENCE_INVALID');
  });

  it('whose body was altered, or is not there', async () => {
    const { asked, bochum, others } = await presented();
    const { body } = headerOf(bochum);
    const bytes = Uint8Array.from(federation.broker.bodies.get(body) ?? []);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const whole = federation.broker.bodies.get(body) ?? bytes;
    federation.broker.bodies.set(body, bytes);
    await expectRefusal(await rate(asked, [bochum, ...others]), 'EVIDENCE_INVALID');
    federation.broker.bodies.delete(body);
    const again = await federation.ask(rateQuestion);
    const evidence = await federation.populations(again);
    federation.broker.bodies.delete(body);
    await expectRefusal(await rate(again, evidence), 'EVIDENCE_INVALID');
    federation.broker.bodies.set(body, whole);
  });

  it('that is none', async () => {
    await expectRefusal(await rate(await federation.ask(rateQuestion), []), 'EVIDENCE_INVALID');
  });

  it('that leaves out a city after all of them have been answered for', async () => {
    const { asked, bochum, others } = await presented();
    await federation.released(await rate(asked, [bochum, ...others]));
    const fewer = await presented();
    await expectRefusal(await rate(fewer.asked, fewer.others), 'COVERAGE_CHANGED');
    // Nor is the way back closed: the first set stays answerable.
    const again = await presented();
    await federation.released(await rate(again.asked, [again.bochum, ...again.others]));
  });
});

describe('what the admin port shows of all this', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${federation.nodes.get('registry')?.adminUrl}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };

  it('the decisions with their codes, without persons', async () => {
    await until(
      async () => ((await get('/v1/decisions?limit=500')).text.includes('COVERAGE_CHANGED') ? true : undefined),
      () => 'no decision',
    );
    const { text } = await get('/v1/decisions?limit=500');
    for (const word of ['EVIDENCE_INVALID', 'released', 'ehds:PublicHealthSurveillance']) expect(text).toContain(word);
    expect(text).not.toContain('r17');
    const { rows } = await sql<{ commitment: string }>`select commitment from node_registry.log_opening`.execute(
      federation.records.db(),
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { commitment } of rows) expect(text).not.toContain(commitment);
  });

  it('that the node is well', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect(JSON.parse((await get('/v1/status')).text)).toMatchObject({
      state: 'running',
      broker: { connected: true, published: true },
    });
  });

  it('nothing to a page in a browser', async () => {
    expect((await get('/v1/status', { origin: 'https://evil.example' })).status).toBe(403);
  });
});
