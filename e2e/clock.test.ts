/** Clocks that are off by ten minutes: whoever has one is told, and nobody else is disturbed. */
import { PassThrough } from 'node:stream';
import { ask } from '@revier/cli';
import { folders } from '@revier/laptop';
import { openNodeFolder, startNode } from '@revier/registry-node';
import { createLogger } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Federation, flagship } from './harness/federation.ts';
import { isConnected } from './harness/health.ts';
import { idOf } from './harness/members.ts';
import { startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

const TEN_MINUTES = 10 * 60_000;
const A_MINUTE = 60_000;

describe('a clock that is off', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation();
    await federation.nodes.essen.terminate();
  });
  afterAll(() => federation.stop());

  /** Essen's node in this process, where its clock can be set. */
  const essenWithClock = async (offBy: number) => {
    const destination = new PassThrough();
    const lines: string[] = [];
    destination.on('data', (line: Buffer) => lines.push(line.toString()));
    const logger = createLogger({ name: 'essen', level: 'info', destination });
    const now = (): number => Date.now() + offBy;
    const opened = await openNodeFolder(folders(federation.folder).node('essen'), { logger, now });
    const node = await startNode(opened.options).catch(async (error: unknown) => {
      await opened.close();
      throw error;
    });
    onTestFinished(async () => {
      await node.close();
      await opened.close();
    });
    return { url: node.adminUrl, lines };
  };

  it.each([TEN_MINUTES, -TEN_MINUTES])(
    'keeps a node away, which says why, and the others answer without it (%i ms)',
    async (offBy) => {
      const essen = await essenWithClock(offBy);
      await until('Essen says why', async () => essen.lines.some((line) => line.includes('check the clock')));
      expect(await isConnected(essen.url)).toBe(false);
      const answer = await federation.ask({ least: 3, deadlineSeconds: 20 });
      expect(answer.state).toBe('partial');
      expect(answer.holders.filter(({ status }) => status === 'offline').map(({ holder }) => holder)).toEqual([
        idOf('essen'),
      ]);
    },
  );

  it.each([TEN_MINUTES, -TEN_MINUTES])('of a person is told to the person (%i ms)', async (offBy) => {
    const clock = () => new Date(Date.now() + offBy);
    await expect(ask(federation.profile, flagship, { clock })).rejects.toThrow(
      expect.objectContaining({ code: 'EXPIRED' }),
    );
  });

  it('does no harm as long as it is a minute only', async () => {
    const essen = await essenWithClock(A_MINUTE);
    await until('Essen is connected', () => isConnected(essen.url));
    const clock = () => new Date(Date.now() - A_MINUTE);
    const answer = await ask(federation.profile, flagship, { clock, deadlineSeconds: 60 });
    expect(answer.holders.find(({ holder }) => holder === idOf('essen'))?.status).toBe('answered');
  });
});
