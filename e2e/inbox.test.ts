/** An application goes from one command line to the other: the university applies, the registry limits and approves, both sign. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { InboxEntry, InboxList } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { revier } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.stop());

const run = (...args: string[]): Promise<string> => revier(args, { cwd: federation.folder });
const node = () => folders(federation.folder).node('krebsregister');
const key = (role: string): string => join(folders(federation.folder).people('krebsregister'), `${role}.jwk`);
const inbox = (command: string, ...args: string[]): Promise<string> =>
  run('inbox', command, ...args, '--folder', node());
const register = (command: string, ...args: string[]): Promise<string> =>
  run('register', command, ...args, '--folder', folders(federation.folder).dataUser, '--broker', federation.brokerUrl);

const REGISTER = 'urn:revier:register:late-stage-e2e';

async function apply(): Promise<void> {
  const file = join(federation.folder, 'application.json');
  await writeFile(file, await run('register', 'draft', 'late-stage-cancer'));
  const draft: object = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...draft, register: REGISTER }));
  await register('apply', file);
}

const entries = async (): Promise<readonly InboxEntry[]> =>
  InboxList.parse(JSON.parse(await inbox('list', '--json'))).entries;

async function entryIn(state: InboxEntry['state']): Promise<InboxEntry> {
  let found: InboxEntry | undefined;
  await until(`an application is ${state}`, async () => {
    // The registers of the founding are there, too.
    found = (await entries()).find((entry) => entry.state === state && entry.register === REGISTER);
    return found !== undefined;
  });
  return InboxEntry.parse(found);
}

const shortOf = ({ id }: InboxEntry): string => id.slice('urn:uuid:'.length, 'urn:uuid:'.length + 8);

describe('an application', () => {
  it('is read, limited, approved by two with keys that the node never sees, accepted, and comes into force', async () => {
    // From now on people decide.
    await inbox('policy', 'end', '--name', 'demonstration', '--by', 'Erika Muster');
    await apply();
    const id = shortOf(await entryIn('REQUESTED'));
    expect(await inbox('show', id, '--lang', 'de')).toMatch(
      /Antrag[\s\S]*Erlaubt ist[\s\S]*Tabellen[\s\S]*Zustimmungen/,
    );
    expect(await inbox('show', id, '--lang', 'en')).toMatch(/Application[\s\S]*Permitted[\s\S]*Tables[\s\S]*Approvals/);
    await inbox('limit', id, '--k', '12', '--condition', 'odrl:inform', '--key', key('deputy-steward'));
    await expect(inbox('approve', id, '--key', key('deputy-steward'))).rejects.toThrow(/FORBIDDEN/);
    expect(await inbox('approve', id, '--key', key('steward'))).toContain('signatory');
    await inbox('approve', id, '--role', 'signatory', '-o', 'approval.json');
    await run('inbox', 'sign', 'approval.json', '--key', key('signatory'), '-o', 'signed.json');
    await inbox('approve', id, '--statement', 'signed.json');
    const { dataset } = await entryIn('OFFERED');
    // Exit code 3: a counter-offer waits for a decision.
    await expect(register('sync')).rejects.toMatchObject({ code: 3 });
    await register('accept', REGISTER, '--dataset', String(dataset));
    await entryIn('AGREED');
    await register('sync').catch(() => undefined);
    await entryIn('FINALIZED');
    expect(await inbox('list', '--lang', 'de')).toContain('vereinbart');
  });

  it('is decided by a standing policy that two have signed, and by people again once it has ended', async () => {
    const policy = { name: 'none', decides: 'reject', reason: 'not now', when: { maxTables: 500 } };
    await writeFile(join(federation.folder, 'policy.json'), JSON.stringify(policy));
    await inbox('policy', 'prepare', '--from', 'policy.json', '-o', 'prepared.json');
    await run('inbox', 'sign', 'prepared.json', '--key', key('steward'), '-o', 'policy-1.json');
    await expect(inbox('policy', 'give', '--statement', 'policy-1.json')).rejects.toThrow(/TWO_PERSONS_NEEDED/);
    await run('inbox', 'sign', 'policy-1.json', '--key', key('signatory'), '-o', 'policy-2.json');
    await inbox('policy', 'give', '--statement', 'policy-2.json');
    expect(await inbox('policy', 'list')).toContain('in force  reject  none');
    expect(await inbox('policy', 'end', '--name', 'none', '--by', 'Erika Muster')).toContain('over');
  });
});
