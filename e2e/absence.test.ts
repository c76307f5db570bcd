/** A holder that is away for a whole query: the answer names it, and what was answered without it stays so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { areaKeys, idOf, type Slug } from './harness/members.ts';
import { startFederation } from './harness/start-federation.ts';

describe('a health office that is away', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation();
  });
  afterAll(() => federation.stop());

  const statuses = ({ holders }: Awaited<ReturnType<Federation['ask']>>) =>
    Object.fromEntries(holders.map(({ holder, status }) => [holder, status]));
  const expected = (parts: Partial<Record<Slug, string>>) =>
    Object.fromEntries(
      (['krebsregister', 'bochum', 'essen', 'gelsenkirchen'] as const).map((slug) => [
        idOf(slug),
        parts[slug] ?? 'answered',
      ]),
    );

  it('fails a question that wants everybody, and is named as the one who is missing', async () => {
    await federation.nodes.essen.terminate();
    const answer = await federation.ask({ deadlineSeconds: 16 });
    expect(answer.state).toBe('failed');
    // Without Essen's population the registry was never asked.
    expect(statuses(answer)).toEqual(expected({ essen: 'offline', krebsregister: 'pending' }));
    expect(answer.sentences.map(({ en }) => en).join(' ')).toContain('Gesundheitsamt Essen');
    expect(await federation.decisions('krebsregister')).toEqual([]);
  });

  it('leaves its areas out of an answer that may do without it, and the epoch remembers what was covered', async () => {
    expect(federation.nodes.essen.isRunning()).toBe(false);
    const partial = await federation.ask({ least: 3, deadlineSeconds: 30 });
    expect(partial.state).toBe('partial');
    expect(statuses(partial)).toEqual(expected({ essen: 'offline' }));
    const { areas, excluded } = partial.coverage;
    expect(excluded.length).toBeGreaterThan(0);
    expect(excluded.every(({ area, reason }) => area.startsWith(areaKeys.essen) && reason === 'holderMissing')).toBe(
      true,
    );
    expect(areas.some((area) => area.startsWith(areaKeys.essen))).toBe(false);
    expect(areas.some((area) => area.startsWith(areaKeys.bochum))).toBe(true);

    await federation.start();
    const full = await federation.ask({ deadlineSeconds: 60 });
    expect(full.state).not.toBe('complete');
    expect(statuses(full)).toEqual(expected({ krebsregister: 'refused' }));
    const registry = full.holders.find(({ holder }) => holder === idOf('krebsregister'));
    expect(registry?.reasons.map(({ code }) => code)).toEqual(['COVERAGE_CHANGED']);
    const decisions = await federation.decisions('krebsregister');
    expect(decisions.map(({ decision, codes }) => [decision, ...codes])).toEqual([
      ['refused', 'COVERAGE_CHANGED'],
      ['released'],
    ]);
  });
});
