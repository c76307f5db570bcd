/** Five processes, one question: the same answer whoever starts first and however often it is asked. */
import { canonicalText } from '@revier/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { areaKeys, idOf, slugs } from './harness/members.ts';
import { copyFederation } from './harness/start-federation.ts';

const holders = slugs.map(idOf).sort();

describe('a federation of separate processes', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await copyFederation();
  });
  afterAll(() => federation.stop());

  it('comes together with its nodes started before its broker', async () => {
    const nodes = Object.values(federation.nodes);
    await Promise.all(nodes.map((node) => node.start()));
    await expect(federation.ask()).rejects.toThrow(expect.objectContaining({ code: 'BROKER_UNREACHABLE' }));
    await federation.broker.start();
    await federation.ready();
    expect((await federation.ask()).state).toBe('complete');
  });

  it('answers the same question twice with equal bytes, every holder listed', async () => {
    const [first, second] = [await federation.ask(), await federation.ask()];
    expect(second.queryId).not.toBe(first.queryId);
    expect(canonicalText(second.cells)).toBe(canonicalText(first.cells));
    for (const answer of [first, second]) {
      expect(answer.state).toBe('complete');
      expect(answer.holders.map(({ holder, status }) => `${holder} ${status}`).sort()).toEqual(
        holders.map((holder) => `${holder} answered`),
      );
    }
  });

  it('shows figures, and withholds what is too small', async () => {
    const { cells, coverage } = await federation.ask();
    const statuses = cells.flatMap(({ measures }) => Object.values(measures).map(({ status }) => status));
    const quintilesBySex = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'].flatMap((quintile) => [`${quintile} F`, `${quintile} M`]);
    expect(cells.map(({ by }) => Object.values(by).join(' '))).toEqual(quintilesBySex);
    expect(new Set(statuses)).toContain('value');
    expect(new Set(statuses)).toContain('withheld');
    expect(coverage.excluded).toEqual([]);
    expect(Object.values(areaKeys).every((key) => coverage.areas.some((area) => area.startsWith(key)))).toBe(true);
  });

  it('enters one release for each question into the audit log of each node', async () => {
    for (const slug of slugs) {
      const decisions = await federation.decisions(slug);
      const submissions = decisions.map(({ facts }) => facts.submission);
      expect(decisions.map(({ decision }) => decision)).toEqual(submissions.map(() => 'released'));
      expect(new Set(submissions).size).toBe(submissions.length);
      expect(submissions).toHaveLength(4);
    }
  });
});
