/** Starts that must fail, and how they say so: one clear line, what to do, nothing written, nothing of the data told. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { copyFolder } from './harness/copy-folder.ts';
import { type Service, serviceOf } from './harness/service.ts';

const MAINS = { broker: 'services/broker/src/main.ts', node: 'services/registry-node/src/main.ts' };

describe('a service that cannot start', () => {
  let folder: string;
  let broker: string;
  let node: string;
  const services: Service[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'revier-e2e-bad-'));
    const founded = folders(inject('founded'));
    broker = join(folder, 'broker');
    node = join(folder, 'essen');
    await copyFolder(founded.broker, broker);
    await copyFolder(founded.node('essen'), node);
    return async () => {
      await Promise.all(services.splice(0).map((service) => service.terminate()));
      await rm(folder, { recursive: true });
    };
  });

  const serviceIn = (kind: keyof typeof MAINS): Service => {
    const service = serviceOf({ name: kind, main: MAINS[kind], folder: kind === 'broker' ? broker : node });
    services.push(service);
    return service;
  };

  /** What it says at its end; it may not say more than a few lines, and no stack. */
  const lastWords = async (kind: keyof typeof MAINS): Promise<string> => {
    const service = serviceIn(kind);
    service.launch();
    expect(await service.ended()).toEqual({ code: 1, signal: null });
    const words = service.log().filter((line) => !line.startsWith('{"level":"'));
    expect(words.join('\n')).not.toMatch(/^\s+at /m);
    expect(words.join('\n')).not.toContain(folder);
    expect(words.length).toBeLessThanOrEqual(3);
    return words.join('\n');
  };

  describe.each(['broker', 'node'] as const)('as a %s', (kind) => {
    it('leaves a folder alone that another process has open', async () => {
      const first = serviceIn(kind);
      await first.start();
      const words = await lastWords(kind);
      expect(words).toContain('DATA_FOLDER_IN_USE');
      expect(words).toContain('Stop the other process, or choose another folder.');
      expect((await fetch(`${first.url()}/health/ready`)).status).toBe(200);
    });

    it('leaves a folder alone that a newer program has written', async () => {
      await writeFile(join(kind === 'broker' ? broker : join(node, 'records'), 'format.json'), '{"format":99}');
      const words = await lastWords(kind);
      expect(words).toContain('DATA_FOLDER_NEWER');
      expect(words).toContain('format 99');
    });

    it('names records that cannot be opened, and what to do', async () => {
      const records = join(kind === 'broker' ? broker : join(node, 'records'), 'records');
      await writeFile(join(records, 'global', 'pg_control'), 'no control file');
      const words = await lastWords(kind);
      expect(words).toContain('RECORDS_UNREADABLE');
      expect(words).toMatch(/backup/);
    });
  });

  it('as a broker names a file that is missing from its folder', async () => {
    await rm(join(broker, 'key.jwk'));
    expect(await lastWords('broker')).toContain('key.jwk in the folder of the broker cannot be read.');
  });

  it('as a node names imported data that cannot be read, and what to do', async () => {
    const data = join(node, 'data');
    const [store = ''] = (await readdir(data)).filter((name) => name.includes('bevoelkerung'));
    await writeFile(join(data, store), 'no database');
    const words = await lastWords('node');
    expect(words).toContain('DATA_UNREADABLE');
    expect(words).toContain('Import the dataset again');
  });
});
