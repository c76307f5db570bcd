/** A ninth takes part: invited, admitted and revoked in a running federation of processes, by the command line alone. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile, sign } from '@revier/cli';
import { folders } from '@revier/laptop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Federation, flagship } from './harness/federation.ts';
import { isConnected } from './harness/health.ts';
import { begin, type Called, call, type Said } from './harness/revier.ts';
import { type Service, serviceOf } from './harness/service.ts';
import { startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

const NINTH = 'did:web:clinic.example';
const DATASET = 'urn:revier:dataset:clinic-population';

const fingerprintIn = (text: string): string => /([0-9a-f]{4} ){7}[0-9a-f]{4}/.exec(text)?.[0] ?? '';
const NodeFile = z.looseObject({
  datasets: z.array(z.looseObject({ description: z.looseObject({ id: z.string() }) })),
});

describe('enrolment', () => {
  let federation: Federation;
  let home: string;
  let ninth: Service | undefined;
  let code: string;
  beforeAll(async () => {
    federation = await startFederation();
    home = join(await mkdtemp(join(tmpdir(), 'revier-ninth-')), 'clinic');
  });
  afterAll(async () => {
    await ninth?.terminate();
    await federation.stop();
    await rm(join(home, '..'), { recursive: true, force: true });
  });

  const operator = (...args: string[]): Promise<Said> =>
    call([...args, '--folder', folders(federation.folder).operator, '--broker', federation.brokerUrl]);
  const holder = (slug: string, ...args: string[]): Promise<Said> =>
    call([...args, '--folder', folders(federation.folder).node(slug), '--broker', federation.brokerUrl]);
  const enrol = (folder: string, ...more: string[]): Called =>
    begin([
      ...['node', 'enrol', code, '--broker', federation.brokerUrl, '--id', NINTH],
      ...['--name', 'A clinic', '--folder', folder, ...more],
    ]);
  const catalogue = async (): Promise<string> => (await fetch(`${federation.brokerUrl}/v1/catalogue`)).text();

  it('brings a new node in: code, fingerprint, two signatures, and it publishes and polls', async () => {
    code = (await operator('operator', 'invite')).out.trim();
    expect(code).toMatch(/^revier1-[a-z2-7]{26}-[a-z2-7]{26}$/);
    const waiting = enrol(home);
    await until('the clinic shows its fingerprint', async () => fingerprintIn(waiting.err()) !== '');
    const fingerprint = fingerprintIn(waiting.err());
    expect((await operator('operator', 'enrolments')).out).toContain(fingerprint);
    expect(
      (
        await operator(
          'operator',
          'admit',
          fingerprint.replace(/^./, (hex) => (hex === '0' ? '1' : '0')),
        )
      ).code,
    ).toBe(4);
    const admitted = await operator('operator', 'admit', fingerprint);
    expect(admitted.out).toContain(`ENTERS  ${NINTH} (A clinic) as data-holder`);
    const draft = fingerprintIn(admitted.out.slice(admitted.out.indexOf('draft ')));
    const shown = await holder('bochum', 'trust', 'show', '--draft');
    expect(shown.out).toContain(fingerprint);
    expect((await holder('bochum', 'trust', 'sign', fingerprint)).code).toBe(4);
    expect((await holder('gelsenkirchen', 'trust', 'sign', draft)).code).toBe(4);
    expect((await holder('bochum', 'trust', 'sign', draft)).out).toContain('Signed: 1 of 2.');
    expect((await holder('krebsregister', 'trust', 'sign', draft)).out).toContain('Version 2 is in force.');
    expect((await waiting.done).code).toBe(0);
    await withDataOfBochum();
    const started = serviceOf({ name: 'clinic', main: 'services/registry-node/src/main.ts', folder: home });
    ninth = started;
    await started.start();
    await until('the clinic is connected', () => isConnected(started.url()));
    expect(await catalogue()).toContain(DATASET);
  });

  it('refuses the same code again', async () => {
    const other = join(home, '..', 'other');
    const { code: exit, err } = await enrol(other, '--id', 'did:web:thief.example').done;
    await rm(other, { recursive: true, force: true });
    expect(exit).toBe(4);
    // The signers are those of the code: it is the broker who says that it was used.
    expect(err).toContain('CODE_INVALID');
  });

  it('gives a signer and timestamper a new key while everything runs', async () => {
    const { bochum } = federation.nodes;
    const before = await readFile(join(folders(federation.folder).node('bochum'), 'key.jwk'), 'utf8');
    const waiting = begin([
      ...['node', 'rotate-key', '--folder', folders(federation.folder).node('bochum')],
      ...['--broker', federation.brokerUrl],
    ]);
    await until('Bochum shows its fingerprint', async () => fingerprintIn(waiting.err()) !== '');
    const admitted = await operator('operator', 'admit', fingerprintIn(waiting.err()));
    expect(admitted.out).toContain('KEY ENDS  did:web:bochum.example');
    const draft = fingerprintIn(admitted.out.slice(admitted.out.indexOf('draft ')));
    await holder('krebsregister', 'trust', 'sign', draft);
    // The old key is that of the signer in force.
    expect((await holder('bochum', 'trust', 'sign', draft)).out).toContain('Version 3 is in force.');
    expect((await waiting.done).code).toBe(0);
    expect(await readFile(join(folders(federation.folder).node('bochum'), 'key.jwk'), 'utf8')).not.toBe(before);
    await bochum.terminate();
    await bochum.start();
    await federation.ready();
    expect((await federation.ask()).state).toBe('complete');
  });

  it('lets an organisation vouch for a person who has made a key of their own', async () => {
    const own = join(home, '..', 'person');
    const request = join(own, 'request.json');
    expect((await call(['credential', 'request', '--folder', own])).code).toBe(0);
    await call(['credential', 'request', '--folder', own, '-o', request]);
    const issued = await call([
      ...['credential', 'issue', request, '--name', 'r7', '--registers', flagship.register],
      ...['--folder', folders(federation.folder).dataUser, '--broker', federation.brokerUrl],
      ...['-o', join(own, 'profile.json')],
    ]);
    expect(issued.code).toBe(0);
    const profile = await loadProfile({ file: join(own, 'profile.json'), cwd: own, home: own });
    const signed = await sign(profile, flagship);
    expect(signed.query).toMatch(/^eyJ/);
  });

  it('puts it out again: the other nodes know of it at once, and its data can be asked no more', async () => {
    const draft = fingerprintIn((await operator('operator', 'revoke', NINTH)).out);
    await holder('bochum', 'trust', 'sign', draft);
    expect((await holder('krebsregister', 'trust', 'sign', draft)).out).toContain('Version 4 is in force.');
    await until('its data are gone from the catalogue', async () => !(await catalogue()).includes(DATASET));
    const statusOf = async (url: string) => (await fetch(`${url}/v1/status`)).json();
    await until('Gelsenkirchen knows it', async () => {
      const { trust } = z
        .object({ trust: z.object({ version: z.int() }) })
        .parse(await statusOf(federation.nodes.gelsenkirchen.url()));
      return trust.version === 4;
    });
    const answer = await federation.ask();
    expect(answer.state).toBe('complete');
  });

  async function withDataOfBochum(): Promise<void> {
    const from = folders(federation.folder).node('bochum');
    await cp(join(from, 'data'), join(home, 'data'), { recursive: true });
    const theirs = NodeFile.parse(JSON.parse(await readFile(join(from, 'node.json'), 'utf8')));
    const own = NodeFile.parse(JSON.parse(await readFile(join(home, 'node.json'), 'utf8')));
    const [first] = theirs.datasets;
    const datasets = [{ ...first, description: { ...first?.description, id: DATASET, holder: NINTH } }];
    await writeFile(join(home, 'node.json'), JSON.stringify({ ...own, datasets }));
  }
});
