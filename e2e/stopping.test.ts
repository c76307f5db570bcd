/** A holder stops its node and starts it again by the command line alone, whatever becomes of process and file. */
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Federation } from './harness/federation.ts';
import { revier } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

const Status = z.object({ state: z.string() });

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

const node = () => folders(federation.folder).node('essen');
const key = (role: string): string => join(folders(federation.folder).people('essen'), `${role}.jwk`);
const run = (...args: string[]): Promise<string> => revier(['node', ...args], { cwd: federation.folder });

async function state(): Promise<string> {
  const reply = await fetch(`${federation.nodes.essen.url()}/v1/status`);
  return Status.parse(await reply.json()).state;
}

async function signAndStart(...roles: readonly string[]): Promise<string> {
  await run('restart-statement', '--folder', node(), '--reason', 'checked', '-o', 'statement.json');
  let file = 'statement.json';
  for (const [at, role] of roles.entries()) {
    await run('sign-restart', file, '--key', key(role), '-o', `signed-${at}.json`);
    file = `signed-${at}.json`;
  }
  return run('start', '--folder', node(), '--statement', file);
}

describe('a node', () => {
  it('that one person has stopped answers nothing until two have signed, whatever becomes of process and file', async () => {
    const { essen } = federation.nodes;
    await run('stop', '--folder', node(), '--reason', 'odd questions', '--by', 'Olga Schutz');
    expect(await state()).toBe('stopped');
    await rm(join(node(), 'STOP'));
    await essen.terminate();
    await essen.start();
    expect(await state()).toBe('stopped');
    const without = await federation.ask({ deadlineSeconds: 4 });
    expect(without.holders.filter(({ status }) => status !== 'answered').map(({ holder }) => holder)).toContain(
      'did:web:essen.example',
    );
    await expect(signAndStart('steward')).rejects.toThrow(/TWO_PERSONS_NEEDED|Two different/);
    await expect(signAndStart('steward', 'data-protection-officer')).rejects.toThrow(/Two different/);
    expect(await state()).toBe('stopped');
    await signAndStart('deputy-steward', 'signatory');
    expect(await state()).toBe('running');
    await federation.ready();
    expect((await federation.ask()).state).toBe('complete');
  });

  it('is stopped by the same command where no process answers, and comes up stopped', async () => {
    const { essen } = federation.nodes;
    await essen.kill();
    expect(await run('stop', '--folder', node())).toContain('STOP file');
    await essen.start();
    expect(await state()).toBe('stopped');
    await rm(join(node(), 'STOP'));
    await essen.kill();
    await essen.start();
    expect(await state()).toBe('stopped');
    await signAndStart('steward', 'signatory');
    await until('Essen works again', async () => (await state()) === 'running');
  });

  it('whose folder comes back from a backup stays stopped until it is reconciled and two have signed; answers of before are given again', async () => {
    const { essen } = federation.nodes;
    const backup = `${federation.folder}-backup`;
    await federation.ready();
    expect((await federation.ask()).state).toBe('complete');
    await essen.terminate();
    await cp(node(), backup, { recursive: true, preserveTimestamps: true });
    await essen.start();
    await federation.ready();
    await federation.ask();
    await essen.terminate();
    await rm(node(), { recursive: true });
    await cp(backup, node(), { recursive: true, preserveTimestamps: true });
    await rm(backup, { recursive: true });
    await essen.start();
    expect(await state()).toBe('stopped');
    await expect(signAndStart('steward', 'signatory')).rejects.toThrow(/reconciled/);
    expect(await run('reconcile', '--folder', node())).toMatch(/nobody can tell[\s\S]*no new answers/);
    await signAndStart('steward', 'signatory');
    await federation.ready();
    expect((await federation.ask()).state).toBe('complete');
  });

  it('whose records alone come back is found by the mark beside them', async () => {
    const { essen } = federation.nodes;
    const records = join(node(), 'records');
    await essen.terminate();
    await cp(records, `${records}-backup`, { recursive: true });
    await essen.start();
    await federation.ready();
    await federation.ask();
    const list = await run('deletions', '--folder', node());
    await writeFile(join(federation.folder, 'deletions.jws'), list);
    await essen.terminate();
    await rm(records, { recursive: true });
    await rename(`${records}-backup`, records);
    await essen.start();
    expect(await state()).toBe('stopped');
    expect(await run('reconcile', '--folder', node(), '--deletions', 'deletions.jws')).toContain('made good');
    await signAndStart('steward', 'signatory');
    expect(await state()).toBe('running');
  });
});
