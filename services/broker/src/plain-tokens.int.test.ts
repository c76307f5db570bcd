/** Plain bearer tokens, for demonstrations with curl on one machine: what they open, and what they never do. */
import { generateKeyPair, proofKeysOf } from '@revier/connector-sdk';
import { DEMO_CLIENT } from '@revier/demo-provider';
import { Me, Problem } from '@revier/schema';
import { logIn } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { startTwoCities } from './testing/two-cities.case.ts';

const codeOf = async (url: string, headers: Record<string, string>): Promise<string> =>
  Problem.parse(await (await fetch(url, { headers })).json()).code;

describe('where tokens may be plain', () => {
  it('they open the door on the loopback, stand for nobody, and never come by way of a proxy', async () => {
    const demo = await startTwoCities({}, { plainBearer: true });
    try {
      const { issuer } = demo.federation.provider();
      const token = await logIn({ issuer, clientId: DEMO_CLIENT, user: 'erika17' });
      const url = `${demo.federation.url()}/v1/me`;
      const authorization = `Bearer ${token}`;
      const reply = await fetch(url, { headers: { authorization } });
      expect(Me.parse(await reply.json())).toMatchObject({ subject: 'erika17', persons: [] });
      for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'X-Forwarded-Host'])
        expect(await codeOf(url, { authorization, [name]: 'for=192.0.2.1' })).toBe('TOKEN_INVALID');
      const shown = { authorization, 'revier-credential': demo.erika.credential };
      expect(await codeOf(url, shown)).toBe('CREDENTIAL_INVALID');
      const bound = await logIn({
        issuer,
        clientId: DEMO_CLIENT,
        user: 'erika17',
        keys: await proofKeysOf((await generateKeyPair()).privateKey),
      });
      expect(await codeOf(url, { authorization: `Bearer ${bound}` })).toBe('TOKEN_INVALID');
    } finally {
      await demo.federation.close();
    }
  });
});
