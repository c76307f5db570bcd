/** An answer without the figures of a holder whose agreement was revoked meanwhile: believed by its signed statement, and by nothing less. */
import { withheldReasons } from '@revier/core';
import type { Answer, StatusStatement } from '@revier/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './testing/desk.case.ts';
import { of } from './testing/small-realm.case.ts';

const HOLDER = 'did:web:city-a.example';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

const agreementOf = (holder: string) => {
  const found = desk.realm.register.agreements.find((one) => one.holder === holder);
  if (found === undefined) throw new Error('no agreement');
  return found.hash;
};

interface Said {
  readonly change?: Partial<StatusStatement>;
  readonly signer?: string;
  readonly reason?: string;
}

/** As the broker does at the last checkpoint: the part has a statement of the holder instead of figures. */
async function asked({ change = {}, signer = HOLDER, reason = 'the vote was withdrawn' }: Said = {}) {
  desk.broker.script.refusing = [HOLDER];
  const statement: StatusStatement = {
    ...{ kind: 'agreement-status', agreement: agreementOf(HOLDER), seq: 2, status: 'REVOKED', by: HOLDER },
    ...{ realm: 'test', at: new Date().toISOString(), reason: 'the vote was withdrawn', ...change },
  };
  const signed = await of(desk.realm.actors, signer).signer.sign('revier-status+jws', statement);
  const { status, successor } = statement;
  const stated = withheldReasons({ status, tightened: successor?.tightening === true }, reason);
  desk.broker.script.tamper = (answer): Answer => ({
    ...answer,
    holders: answer.holders.map((part) => {
      if (part.holder !== HOLDER) return part;
      const { receipt: _, ...rest } = part;
      return { ...rest, reasons: stated, statement: signed };
    }),
  });
  return desk.revier(['query', 'question.json', '--lang', 'en']);
}

describe('a withheld part', () => {
  it('is believed when the holder has signed why, and the reason is shown', async () => {
    const { code, out, err } = await asked();
    expect(err).not.toContain('WARNING');
    expect(code).toBe(3);
    expect(out).toContain('REVOKED');
    expect((await asked({ change: { status: 'SUSPENDED' } })).err).not.toContain('WARNING');
    const successor = { agreement: agreementOf(HOLDER), tightening: true };
    expect((await asked({ change: { status: 'SUPERSEDED', successor } })).err).not.toContain('WARNING');
  });

  it.each<[string, Said, RegExp]>([
    ['somebody else has signed', { signer: 'did:web:city-b.example' }, /is not signed by it/],
    ['speaks for another holder', { change: { by: 'did:web:city-b.example' } }, /names another holder/],
    ['is of another realm', { change: { realm: 'production' } }, /another realm/],
    ['is about another agreement', { change: { agreement: `sha256:${'0'.repeat(64)}` } }, /another agreement/],
    ['says that it is in force', { change: { status: 'ACTIVE' } }, /withholds nothing/],
    ['gives another reason', { reason: 'data were wrong' }, /gives other reasons/],
  ])('is not, where the statement is one that %s', async (_, said, sentence) => {
    const { code, err } = await asked(said);
    expect([code, err]).toEqual([4, expect.stringMatching(sentence)]);
  });
});
