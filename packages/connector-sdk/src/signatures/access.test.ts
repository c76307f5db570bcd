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
const verify = (token: string, more: Partial<VerifyAccessOptions> = {}) =>
  verifyAccess(token, { trust: w.trust, audience: BROKER, realm: 'test', now: NOW, ...more });
const isRefused = (attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('an access token', () => {
  it('says which participant calls', async () => {
    const caller = await verify(await nodeToken());
    expect(caller).toMatchObject({ participant: { id: w.holder.id } });
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

  it('is nothing that a person can make: people log in', async () => {
    await isRefused(verify(await nodeToken({ signer: erika.signer })));
    const { credential, signer } = erika;
    const claims = {
      iss: w.holder.id,
      aud: BROKER,
      realm: 'test',
      jti: crypto.randomUUID(),
      iat: SECONDS,
      exp: SECONDS + 60,
    };
    await isRefused(verify(await signer.sign('revier-access+jws', { ...claims, credential })));
    await isRefused(verify(await w.holder.signer.sign('revier-access+jws', { ...claims, credential })));
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
