/** The PDF of an agreement by what the broker lists: both signatures are verified before a word of it is put on paper. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisterView } from '@revier/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeParticipant } from './participant/participant.ts';
import { type Desk, openDesk } from './testing/desk.case.ts';
import { BROKER, of } from './testing/small-realm.case.ts';

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
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

const first = (): RegisterView['agreements'][number] => {
  const [entry] = desk.realm.register.agreements;
  if (entry === undefined) throw new Error('no agreement');
  return entry;
};
const short = () => first().hash.slice('sha256:'.length, 'sha256:'.length + 10);
const pdf = (...args: string[]) =>
  desk.revier(['agreement', 'pdf', short(), '-o', 'paper.pdf', '--register', desk.realm.register.id, ...args]);
const written = () => readFile(join(desk.folder, 'paper.pdf'), 'latin1');
const listing = (change: Partial<RegisterView['agreements'][number]>): void => {
  const { register } = desk.realm;
  desk.broker.script.register = { ...register, agreements: [{ ...first(), ...change }] };
};

describe('revier agreement pdf --register', () => {
  it.each<[string, string[]]>([
    ['a profile', []],
    ['the folder of an organisation', ['--folder', 'university']],
  ])('writes it with the signed object in it, by %s', async (_, args) => {
    const { code, err } = await pdf(...args);
    expect([code, err]).toEqual([0, 'Written to paper.pdf.\n']);
    const text = await written();
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text).toContain(first().hash);
    expect(text).toContain(first().agreement.signatures[1]?.signature);
  });

  it('knows the register by the end of its name, and refuses what is not listed', async () => {
    const name = desk.realm.register.id.split(':').at(-1) ?? '';
    expect((await desk.revier(['agreement', 'pdf', short(), '-o', 'paper.pdf', '--register', name])).code).toBe(0);
    expect((await desk.revier(['agreement', 'pdf', short(), '-o', 'x.pdf', '--register', 'other'])).code).toBe(2);
    expect((await desk.revier(['agreement', 'pdf', short(), '--register', name])).code).toBe(2);
  });

  it('writes nothing of an agreement that one side has not signed, or that has another hash', async () => {
    const { agreement } = first();
    const [one] = agreement.signatures;
    if (one === undefined) throw new Error('no signature');
    listing({ agreement: { ...agreement, signatures: [one] } });
    expect((await pdf()).code).not.toBe(0);
    const [, other] = desk.realm.register.agreements;
    listing({ agreement: other?.agreement ?? agreement });
    expect(await pdf()).toMatchObject({ code: 2, err: expect.stringContaining('another hash') });
  });
});
