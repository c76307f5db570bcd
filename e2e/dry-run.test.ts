/** A dry run over separate processes: every holder tells whether it would answer; nothing is read, charged or entered as an answer. */
import { dryRun } from '@revier/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Federation, flagship } from './harness/federation.ts';
import { idOf, slugs } from './harness/members.ts';
import { startFederation } from './harness/start-federation.ts';

describe('a dry run', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation();
  });
  afterAll(() => federation.stop());

  const assess = async (question = flagship) => {
    const { result, faults } = await dryRun(federation.profile, question);
    expect(faults).toEqual([]);
    return result;
  };
  const withheld = (result: Awaited<ReturnType<typeof assess>>) =>
    new Map(result.holders.map(({ holder, assessment }) => [holder, assessment?.withheldPercent ?? null]));

  it('tells of every holder that it would answer, the registry of a later stage too, before anything was asked', async () => {
    const result = await assess();
    expect(result.state).toBe('complete');
    expect(result.holders.map(({ holder }) => holder).sort()).toEqual(slugs.map(idOf).sort());
    expect(result.holders.map(({ assessment }) => assessment?.wouldAnswer)).toEqual(slugs.map(() => true));
    expect([...withheld(result).values()]).toEqual(slugs.map(() => null));
  });

  it('leaves no release behind, only its own entry', async () => {
    for (const slug of slugs)
      expect((await federation.decisions(slug)).map(({ decision }) => decision)).toEqual(['assessed']);
  });

  it('tells after an answer how much of it was withheld', async () => {
    await federation.ask();
    const shares = withheld(await assess());
    expect(shares.get(idOf('krebsregister'))).toBeGreaterThan(0);
    for (const slug of slugs) expect(shares.get(idOf(slug))).not.toBeNull();
  });

  it('names the rule in the agreement that would refuse another purpose', async () => {
    const result = await assess({ ...flagship, purpose: 'ehds:ProvideHealthcareOfficialStatistics' });
    for (const { assessment } of result.holders) {
      expect(assessment?.wouldAnswer).toBe(false);
      expect(assessment?.reasons.map(({ code }) => code)).toContain('PURPOSE');
      expect(assessment?.reasons.every(({ pointer }) => pointer.startsWith('/'))).toBe(true);
    }
  });
});
