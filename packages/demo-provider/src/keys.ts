/** The keys of a demo provider: made once, kept by whoever starts it, so that its tokens outlive a restart. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

/** Private keys as JWK, and the secret that its cookies are signed with. */
export const ProviderKeys = z.strictObject({
  signing: z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') }),
  cookies: z.string().min(32),
});
export type ProviderKeys = z.infer<typeof ProviderKeys>;

export async function makeProviderKeys(): Promise<ProviderKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const cookies = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  return ProviderKeys.parse({ signing: { ...jwk, kid, alg: 'ES256', use: 'sig' }, cookies });
}
