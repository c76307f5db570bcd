/** A disk that is full in mid-query: the node loses nothing, and answers once there is room again. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { cp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askThrough } from './harness/asking.ts';
import { expectOneEntryEach } from './harness/exactly-once.ts';
import type { Federation } from './harness/federation.ts';
import { isReady } from './harness/health.ts';
import { copyFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

/** PostgreSQL, Appendix A: disk_full. */
const DISK_FULL = '"code":"53100"';

const canMount = process.platform === 'linux' && userInfo().uid === 0 && mounts();

describe.skipIf(!canMount)('a node whose disk is full', () => {
  let federation: Federation;
  let records: string;
  let end = async (): Promise<void> => undefined;
  beforeAll(async () => {
    federation = await copyFederation();
    end = () => federation.stop();
    records = join(folders(federation.folder).node('essen'), 'records');
    const copy = `${records}.copy`;
    await cp(records, copy, { recursive: true });
    mount(records);
    end = async () => {
      await federation.nodes.essen.kill();
      execFileSync('umount', [records]);
      await federation.stop();
    };
    await cp(copy, records, { recursive: true });
    await federation.start();
  });
  afterAll(() => end());

  it('answers when there is room again, and once', async () => {
    const { essen } = federation.nodes;
    const filler = join(records, 'filler');
    const { bavail, bsize } = await statfs(records);
    await writeFile(filler, Buffer.alloc(bavail * bsize));
    const answer = askThrough(federation.profile);
    await until('Essen has said that its disk is full', async () =>
      essen.log().some((line) => line.includes(DISK_FULL) && line.includes('a task could not be concluded yet')),
    );
    expect(essen.isRunning()).toBe(true);
    expect(await isReady(essen.url())).toBe(false);
    expect(await federation.decisions('essen')).toEqual([]);
    await rm(filler);
    expect((await answer).state).toBe('complete');
    expect(await isReady(essen.url())).toBe(true);
    await expectOneEntryEach(federation, await answer);
  });
});

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', folder], { stdio: 'ignore' });
}

/** Root inside a container may not mount either. */
function mounts(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'revier-e2e-mount-'));
  try {
    mount(place);
    execFileSync('umount', [place]);
    return true;
  } catch {
    process.stderr.write('SKIPPED: a full disk; a small one cannot be mounted here.\n');
    return false;
  } finally {
    rmdirSync(place);
  }
}
