/** Access tokens: who calls, for whom, how long, and in whose name never. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type AccessToSign, accessToken, type VerifyAccessOptions, verifyAccess } from './access.ts';
import { BROKER, NOW, type Researcher, researcher, SECONDS, type World, world } from './actors.case.ts';

let w: World;
let erika: Researcher;
beforeAll(async () => {
  w = await world();
  erika = await researcher(w.university);
});

const nodeToken = (more: Partial<AccessToSign> = {}) =>
  accessToken({ signer: w.holder.signer, iss: w.holder.id, aud: BROKER, realm: 'test', now: NOW, ...more });
const personToken = (more: Partial<AccessToSign> = {}) =>
  nodeToken({ signer: erika.signer, iss: 'r17', credential: erika.credential, ...more });
const verify = (token: string, more: Partial<VerifyAccessOptions> = {}) =>
  verifyAccess(token, { trust: w.trust, audience: BROKER, realm: 'test', now: NOW, ...more });
const isRefused = (attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('an access token', () => {
  it('says which participant calls', async () => {
    const caller = await verify(await nodeToken());
    expect(caller).toMatchObject({ kind: 'participant', participant: { id: w.holder.id } });
  });

  it('says which person calls, and what vouches for them', async () => {
    const caller = await verify(await personToken());
    expect(caller).toMatchObject({
      kind: 'person',
      person: 'did:web:university.example#r17',
      credential: { iss: w.university.id },
    });
  });

  it('is made anew each time', async () => {
    const [one, two] = [await verify(await nodeToken()), await verify(await nodeToken())];
    expect(one.token.jti).not.toBe(two.token.jti);
  });

  it('lives for five minutes at most', async () => {
    const token = await nodeToken();
    expect((await verify(token, { now: later(299) })).token.exp).toBe(SECONDS + 300);
    await isRefused(verify(token, { now: later(420) }));
    await isRefused(verify(token, { now: later(-121) }));
    await isRefused(verify(await nodeToken({ lifetimeSeconds: 301 })));
  });

  it('tells its owner that a clock is off, and a stranger nothing', async () => {
    const tenMinutes = { now: later(600) };
    await expect(verify(await nodeToken(), tenMinutes)).rejects.toThrow(/check the clock/);
    const forged = (await nodeToken()).replace(/.{10}$/, 'A'.repeat(10));
    await expect(verify(forged, tenMinutes)).rejects.not.toThrow(/clock/);
    await expect(verify(await nodeToken({ realm: 'production' }), tenMinutes)).rejects.not.toThrow(/clock/);
  });

  it('is for one service and one realm', async () => {
    await isRefused(verify(await nodeToken({ aud: 'did:web:evil.example' })));
    await isRefused(verify(await nodeToken({ realm: 'production' })));
    await isRefused(verify(await nodeToken(), { realm: 'production' }));
  });

  it('lets no participant call in the name of another', async () => {
    await isRefused(verify(await nodeToken({ iss: w.university.id })));
  });

  it('lets no participant pass for a person, with whatever credential', async () => {
    await isRefused(verify(await nodeToken({ iss: 'r17', credential: erika.credential })));
    await isRefused(verify(await nodeToken({ credential: erika.credential })));
  });

  it('lets no person use the credential of another', async () => {
    const thief = await researcher(w.otherUniversity, { sub: 'r99' });
    await isRefused(verify(await personToken({ signer: thief.signer })));
    await isRefused(
      verify(
        await personToken({
          signer: thief.signer,
          iss: 'r99',
          credential: thief.credential,
          aud: 'did:web:other.example',
        }),
      ),
    );
    await isRefused(verify(await personToken({ iss: 'r18' })));
  });

  it('lets nobody in whom no organisation in the trust list vouches for', async () => {
    const invented = await researcher(w.university, {}, w.broker);
    await isRefused(verify(await personToken({ signer: invented.signer, credential: invented.credential })));
    const over = await researcher(w.university, { iat: SECONDS - 5000, exp: SECONDS - 1000 });
    await isRefused(verify(await personToken({ signer: over.signer, credential: over.credential })));
    await isRefused(
      verify(await accessToken({ signer: erika.signer, iss: 'r17', aud: BROKER, realm: 'test', now: NOW })),
    );
  });

  it('is no signed query, and no nonsense', async () => {
    const other = await w.holder.signer.sign('revier-task+jws', { iss: w.holder.id });
    for (const token of [other, '', 'a.b.c', '..', 'x'.repeat(1_000_000)]) await isRefused(verify(token));
  });

  it('is worth nothing once the trust list has run out', async () => {
    await isRefused(
      verify(await nodeToken({ now: new Date('2026-06-02T00:00:00Z') }), { now: new Date('2026-06-02T00:00:00Z') }),
    );
  });
});
