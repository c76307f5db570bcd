/** A holder withdraws its part of an answer: whoever asked is shown its signed word; nobody else can say it, and the answer stays as it was. */
import { createBrokerClient, type Signer } from '@revier/connector-sdk';
import type { Sha256, Withdrawal } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER } from './testing/data-space.case.ts';
import { CITY_A, CITY_B, codeOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let queryId: string;
let submission: Sha256;
beforeAll(async () => {
  space = await startTwoCities();
});
afterAll(() => space?.federation.close());

const clientOf = (id: string) => {
  const identity = { signer: space.federation.member(id).signer, iss: id, aud: BROKER, realm: 'test' as const };
  return createBrokerClient({ baseUrl: space.federation.url(), identity });
};
const words = (change: Partial<Withdrawal> = {}): Withdrawal => ({
  ...{ kind: 'withdrawal', iss: CITY_A, aud: BROKER, realm: 'test', reason: 'a wrong import', iat: 1 },
  releases: [{ submission, dataset: 'urn:revier:dataset:any' }],
  ...change,
});
const signed = (payload: Withdrawal, by: Signer = space.federation.member(CITY_A).signer) =>
  by.sign('revier-withdrawal+jws', payload);
const state = () => space.federation.asPerson(space.erika).queryState(queryId);

describe('a withdrawal', () => {
  it('of another holder, to another broker, of another realm or by another key is refused', async () => {
    queryId = await space.submit();
    await space.finish();
    submission = (await space.answerOf(queryId)).submissionId;
    const client = clientOf(CITY_A);
    expect(await codeOf(client.withdraw(await signed(words({ iss: CITY_B }))))).toBe('FORBIDDEN');
    expect(await codeOf(client.withdraw(await signed(words({ aud: CITY_B }))))).toBe('WRONG_AUDIENCE');
    expect(await codeOf(client.withdraw(await signed(words({ realm: 'production' }))))).toBe('WRONG_REALM');
    const theirs = space.federation.member(CITY_B).signer;
    expect(await codeOf(client.withdraw(await signed(words(), theirs)))).toBe('KEY_UNKNOWN');
    expect(await codeOf(clientOf(CITY_B).withdraw(await signed(words())))).toBe('KEY_UNKNOWN');
    expect((await state()).withdrawn).toBeUndefined();
  });

  it('is shown to who asked, as the holder has signed it; the answer stays', async () => {
    const before = await space.answerOf(queryId);
    const statement = await signed(words());
    await clientOf(CITY_A).withdraw(statement);
    await clientOf(CITY_A).withdraw(statement);
    expect((await state()).withdrawn).toEqual([statement]);
    expect(await space.answerOf(queryId)).toEqual(before);
  });
});
