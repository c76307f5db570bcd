/** A researcher's way to a register: from a template to asking, on the command line, through letters that are really signed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lateStageQuestion, smallDatasets } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeParticipant } from './participant/participant.ts';
import { type Desk, openDesk } from './testing/desk.case.ts';
import { BROKER, of } from './testing/small-realm.case.ts';

const REGISTRY = 'did:web:registry.example';
const CITY = 'did:web:city-a.example';
const datasetOf = (holder: string): string => smallDatasets.find((one) => one.holder === holder)?.id ?? '';
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  const { realm, broker } = desk;
  const { id: participant, keys } = of(realm.actors, 'university');
  await writeParticipant(join(desk.folder, 'university'), {
    ...{ participant, realm: 'test', pinnedSigners: [...realm.pinnedSigners] },
    ...{ broker: { id: BROKER, url: broker.url }, trustList: realm.trustList, privateKey: keys.privateKey },
  });
});
afterAll(() => desk?.close());

const register = (...args: string[]) => desk.revier(['register', ...args, '--folder', 'university']);
const edit = async (file: string, change: (draft: Record<string, unknown>) => object): Promise<void> => {
  const path = join(desk.folder, file);
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
};
const statesOf = async () => {
  const { out } = await register('status', '--json');
  const [first] = JSON.parse(out);
  return Object.fromEntries(
    first.negotiations.map((one: { dataset: string; state: string; next: string }) => [
      one.dataset,
      `${one.state} ${one.next}`,
    ]),
  );
};

describe('before anything is handed in', () => {
  it('there are templates in both languages, and each becomes a draft', async () => {
    const { out } = await desk.revier(['register', 'templates', '--lang', 'de']);
    const names = out
      .trim()
      .split('\n')
      .map((line) => line.split('  ')[0] ?? '');
    expect(out).toContain('Späte Krebsstadien');
    expect(names).toHaveLength(3);
    for (const name of names) expect((await desk.revier(['register', 'draft', name])).code).toBe(0);
    expect((await desk.revier(['register', 'draft', 'no-such'])).code).toBe(2);
  });

  it('a check says which tables every holder would be asked for, and sends nothing', async () => {
    await desk.revier(['register', 'draft', 'late-stage-cancer', '-o', 'application.json']);
    const { register: _, purpose: __, holders: ___, ...question } = lateStageQuestion;
    await edit('application.json', (draft) => ({ ...draft, questions: [question] }));
    const { code, out } = await register('check', 'application.json');
    expect([code, out]).toEqual([0, expect.stringContaining(datasetOf(REGISTRY))]);
    expect(out).toMatch(/cancer-case\/1 direct-rate, count, count: sex/);
    expect(desk.broker.post.toldTo(REGISTRY)).toEqual([]);
    expect((await register('status')).out).toContain('No register');
  });

  it('faults are named by their place', async () => {
    await desk.revier(['register', 'draft', 'late-stage-cancer', '-o', 'bad.json']);
    await edit('bad.json', (draft) => ({ ...draft, purpose: 'ehds:HealthcareScientificResearch', people: [] }));
    const { code, err } = await register('check', 'bad.json');
    expect([code, err]).toEqual([1, expect.stringContaining('/people')]);
  });
});

describe('a register', () => {
  it('is applied for, limited by one holder and agreed by another', async () => {
    const { code, out } = await register('apply', 'application.json', '--lang', 'de');
    expect([code, out]).toEqual([0, expect.stringContaining('warten: der Datenhalter prüft')]);
    expect((await register('apply', 'application.json')).code).toBe(4);
    const { post } = desk.broker;
    const [toRegistry, toCity] = [post.requestTo(REGISTRY), post.requestTo(CITY)];
    await post.say(CITY, toCity.consumerPid, 'agree', toCity.offer);
    const limited = { ...toRegistry.offer, 'rv:legalBasis': 'lkrg-nrw:P23 alone' };
    await post.say(REGISTRY, toRegistry.consumerPid, 'offer', limited);
    const synced = await register('sync', '--accept-limits');
    expect([synced.code, synced.err]).toEqual([3, '']);
    expect(await statesOf()).toMatchObject({
      [datasetOf(CITY)]: 'VERIFIED wait-for-signature',
      [datasetOf(REGISTRY)]: 'OFFERED decide',
    });
    const shown = await register('show', '--dataset', datasetOf(REGISTRY));
    expect(shown.out).toMatch(/Changed: so far Legal basis[\s\S]*goes beyond the request at \/rv:legalBasis/);
    expect((await register('accept')).code).toBe(0);
    await post.say(REGISTRY, toRegistry.consumerPid, 'agree', limited);
    await register('sync');
    await post.say(REGISTRY, toRegistry.consumerPid, 'finalize');
    await post.say(CITY, toCity.consumerPid, 'finalize');
    await register('sync');
    expect(await statesOf()).toMatchObject({
      [datasetOf(CITY)]: 'FINALIZED ask',
      [datasetOf(REGISTRY)]: 'FINALIZED ask',
    });
  });

  it('is refused by a holder, whose words cannot repaint the terminal', async () => {
    const { post } = desk.broker;
    const other = 'did:web:city-b.example';
    await post.say(other, post.requestTo(other).consumerPid, 'terminate');
    await register('sync');
    const { out } = await register('status');
    expect(out).toContain('reason PURPOSE Not for this.');
  });

  it('has duties that are reported once, and an end that can be put off', async () => {
    expect((await register('status')).out).toMatch(/Duties:\n {4}#d1/);
    const duty = await register('duty', 'done', 'd1', '--evidence', 'doi:10.1000/1');
    expect([duty.code, duty.out]).toEqual([0, expect.stringMatching(/#d1 .*\[done \d{4}-/)]);
    expect((await register('duty', 'done', 'd1', '--evidence', 'doi:10.1000/1')).code).toBe(4);
    expect((await register('duty', 'd1')).code).toBe(2);
    expect((await register('extend', '--until', '2098-01-01')).code).toBe(0);
    expect(desk.broker.post.requestTo(CITY).offer).toMatchObject({ 'rv:version': 2 });
  });

  it('is closed with a reason', async () => {
    expect((await register('close')).code).toBe(2);
    expect((await register('close', '--reason', 'The question is answered.')).code).toBe(0);
  });

  it('is refused to a participant that is no data user, and says so when the broker is out of reach', async () => {
    const { realm, broker } = desk;
    const { id: participant, keys } = of(realm.actors, 'registry');
    const settings = { realm: 'test' as const, pinnedSigners: [...realm.pinnedSigners], trustList: realm.trustList };
    await writeParticipant(join(desk.folder, 'registry'), {
      ...{ ...settings, participant, privateKey: keys.privateKey, broker: { id: BROKER, url: broker.url } },
    });
    const { code, err } = await desk.revier(['register', 'sync', '--folder', 'registry']);
    expect([code, err]).toEqual([4, expect.stringContaining('Only a data user has registers.')]);
    const away = await register('sync', '--broker', 'http://127.0.0.1:9');
    expect([away.code, away.err]).toEqual([1, expect.stringContaining('BROKER_UNREACHABLE')]);
  });
});
