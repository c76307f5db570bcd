/** Where people log in: the settings, and which of them a broker refuses to start with. */
import { AppError, PersonRole, type Realm } from '@revier/schema';
import { z } from 'zod';

/** A claim, or a path to one inside others: `realm_access.roles`. */
const Claim = z
  .string()
  .max(200)
  .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'expected the name of a claim, or names with points between them');

export const People = z.strictObject({
  /** Exactly as in `iss`; its metadata are found from here. */
  issuer: z.url({ protocol: /^https?$/ }).max(2000),
  /** What has to stand in `aud`; the broker's own id when left out. */
  audience: z.string().min(1).max(500).optional(),
  /** Where callers reach this broker, as they sign it in their proofs; where it listens when left out. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  rolesClaim: Claim.default('roles'),
  /** What the provider calls the roles; by their own names when left out. */
  roleNames: z.record(z.string().max(200), PersonRole).optional(),
  organisationClaim: Claim.default('organisation'),
  /** Also plain bearer tokens; for demonstrations on one machine only. */
  plainBearer: z.boolean().default(false),
});
export type People = z.infer<typeof People>;
export type PeopleInput = z.input<typeof People>;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** @throws AppError INVALID_REQUEST with what would be unsafe */
export function assertSafe(
  { issuer, publicUrl, plainBearer }: People,
  { realm, host }: { readonly realm: Realm; readonly host: string },
): void {
  const { protocol, hostname } = new URL(issuer);
  const faults: [boolean, string, string][] = [
    [
      realm === 'production' && protocol !== 'https:',
      'issuer',
      'In the realm production people log in over https: only.',
    ],
    [
      realm === 'production' && isLoopback(hostname),
      'issuer',
      'In the realm production nobody logs in at this very machine.',
    ],
    [
      protocol !== 'https:' && !isLoopback(hostname),
      'issuer',
      'Over plain http: people log in at this very machine only.',
    ],
    [
      realm === 'production' && publicUrl?.startsWith('https:') === false,
      'publicUrl',
      'In the realm production the broker is reached over https: only.',
    ],
    [plainBearer && realm === 'production', 'plainBearer', 'In the realm production tokens are bound to a key.'],
    [
      plainBearer && !isLoopback(host),
      'plainBearer',
      'Plain bearer tokens are taken only where nobody else can listen.',
    ],
  ];
  const errors = faults.flatMap(([wrong, name, detail]) => (wrong ? [{ pointer: `/people/${name}`, detail }] : []));
  if (errors.length > 0)
    throw new AppError('INVALID_REQUEST', { detail: errors.map(({ detail }) => detail).join(' '), errors });
}
