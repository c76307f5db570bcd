/** Secure sums against the reference, and under dropouts, forged rosters and curious brokers. */
import { createCipheriv, createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasVectors, readVector } from '../testing/privacy-vectors.case.ts';
import { byBytes, maskContext, maskedWords, pairInfo, selfInfo } from './masks.ts';
import { openedSum } from './opened-sum.ts';
import { openingFaults, rosterFaults } from './roster.ts';
import { type Share, secretOf, sharesOf, thresholdOf } from './shamir.ts';
import { addWords, numbersOf, type Words, wordsOf, wordsOfKeystream } from './words.ts';

const keystream = (key: Uint8Array, words: number) =>
  new Uint8Array(createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(8 * words)));
const derived = (secret: Uint8Array, salt: Uint8Array, info: string) =>
  new Uint8Array(hkdfSync('sha256', secret, salt, info, 32));
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

const numbers = z.array(z.string().transform(BigInt));
const Vector = z.object({
  contextHashSha256: z.string(),
  nodes: z.record(z.string(), z.object({ sk: z.string(), pk: z.string(), b: z.string(), selfMask: numbers })),
  pairs: z.record(z.string(), z.object({ key: z.string(), first: z.string().transform(BigInt) })),
  input: z.record(z.string(), numbers),
  masked: z.record(z.string(), numbers),
  unmaskedSum: numbers,
  shamir: z.object({
    threshold: z.int(),
    coef1: z.string(),
    coef2: z.string(),
    shares: z.array(z.object({ x: z.int(), y: z.string() })),
    recoveredFrom: z.array(z.int()),
  }),
});

describe.skipIf(!hasVectors)('the reference', () => {
  const { contextHashSha256, nodes, pairs, input, masked, unmaskedSum, shamir } = hasVectors
    ? Vector.parse(readVector('secagg/pairwise_v1.json'))
    : ({} as z.infer<typeof Vector>); // Never read where the reference is absent: the whole block is skipped.
  const members = Object.keys(nodes ?? {});

  function sharedSecret(one: string, other: string): Uint8Array {
    const privateKey = createPrivateKey({
      key: Buffer.concat([hex('302e020100300506032b656e04220420'), hex(nodes[one]?.sk ?? '')]),
      format: 'der',
      type: 'pkcs8',
    });
    const publicKey = createPublicKey({
      key: Buffer.concat([hex('302a300506032b656e032100'), hex(nodes[other]?.pk ?? '')]),
      format: 'der',
      type: 'spki',
    });
    return diffieHellman({ privateKey, publicKey });
  }

  test('pair keys, self masks and masked words agree, and open to the sum', () => {
    const salt = hex(contextHashSha256);
    const all = new Map<string, Words>();
    const selves = new Map<string, Uint8Array>();
    for (const member of members) {
      const values = wordsOf(input[member] ?? []);
      const self = keystream(derived(hex(nodes[member]?.b ?? ''), salt, selfInfo(member)), values.length);
      expect([...wordsOfKeystream(self, values.length)]).toEqual(nodes[member]?.selfMask);
      const others = members.filter((other) => other !== member);
      const pairKeystreams = new Map(
        others.map((other) => {
          const key = derived(sharedSecret(member, other), salt, pairInfo(member, other));
          expect(Buffer.from(key).toString('hex')).toBe(pairs[[member, other].sort().join('')]?.key);
          return [other, keystream(key, values.length)];
        }),
      );
      const words = maskedWords({ member, values, selfKeystream: self, pairKeystreams });
      expect([...words]).toEqual(masked[member]);
      all.set(member, words);
      selves.set(member, self);
    }
    const opened = openedSum(members, all, selves);
    expect(opened.step === 'opened' && [...opened.sum]).toEqual(unmaskedSum);
  });

  test('shares of a seed agree, and any three of them open it', () => {
    const secret = hex(nodes.D?.b ?? '');
    const shares = sharesOf(secret, 4, [hex(shamir.coef1), hex(shamir.coef2)]);
    expect(shares.map(({ x, y }) => ({ x, y: Buffer.from(y).toString('hex') }))).toEqual(shamir.shares);
    const few = shares.filter(({ x }) => shamir.recoveredFrom.includes(x));
    expect(secretOf(few, shamir.threshold)).toEqual(secret);
    expect(thresholdOf(4)).toBe(shamir.threshold);
  });
});

describe('shares of a secret', () => {
  const settings = fc.integer({ min: 4, max: 12 }).chain((members) =>
    fc.record({
      members: fc.constant(members),
      secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      coefficients: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
        minLength: thresholdOf(members) - 1,
        maxLength: thresholdOf(members) - 1,
      }),
      order: fc.shuffledSubarray(
        Array.from({ length: members }, (_, i) => i),
        { minLength: thresholdOf(members) },
      ),
    }),
  );

  test('open it from any t of m, in any order', () => {
    fc.assert(
      fc.property(settings, ({ members, secret, coefficients, order }) => {
        const [t, shares] = [thresholdOf(members), sharesOf(secret, members, coefficients)];
        expect(
          secretOf(
            order.slice(0, t).flatMap((i) => shares[i] ?? []),
            t,
          ),
        ).toEqual(secret);
      }),
    );
  });

  test('say nothing when one is missing: each other secret fits the rest as well', () => {
    fc.assert(
      fc.property(
        settings,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        ({ members, secret, coefficients }, other) => {
          const t = thresholdOf(members);
          const known = sharesOf(secret, members, coefficients).slice(0, t - 1);
          // The polynomial through the known shares and (0, other), read off at the next place, completes them to the other secret.
          const forged = completed(known, other, t);
          expect(secretOf([...known, forged], t)).toEqual(other);
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each([
    ['too few', (shares: readonly Share[]) => shares.slice(0, 2)],
    ['one twice', (shares: readonly Share[]) => [...shares.slice(0, 2), ...shares.slice(0, 1)]],
    ['one of another length', (shares: readonly Share[]) => [...shares.slice(0, 2), { x: 3, y: new Uint8Array(1) }]],
    ['one at 0', (shares: readonly Share[]) => [...shares.slice(0, 2), { x: 0, y: new Uint8Array(32) }]],
  ])('are refused with %s', (_, forged) => {
    const random = [1, 2].map((fill) => new Uint8Array(32).fill(fill));
    expect(() => secretOf(forged(sharesOf(new Uint8Array(32), 4, random)), 3)).toThrow(RangeError);
  });
});

/** A further share that makes these open to the given secret, found by trying all bytes. */
function completed(known: readonly Share[], secret: Uint8Array, t: number): Share {
  const x = known.length + 1;
  const tries = Array.from({ length: 256 }, (_, byte) => secretOf([...known, { x, y: secret.map(() => byte) }], t));
  return { x, y: secret.map((byte, place) => tries.findIndex((opened) => opened[place] === byte)) };
}

/** A whole round in memory: what each member sends, and its self mask. */
function round(values: readonly (readonly bigint[])[], attempt = 1) {
  const members = values.map((_, i) => `node-${i}`);
  const salt = createHash('sha256')
    .update(maskContext('submission', attempt, members))
    .digest();
  const length = values[0]?.length ?? 0;
  const stream = (info: string) => keystream(derived(createHash('sha256').update(info).digest(), salt, info), length);
  const selves = new Map(members.map((member) => [member, stream(selfInfo(member))]));
  const masked = new Map(
    members.map((member, i) => [
      member,
      maskedWords({
        member,
        values: wordsOf(values[i] ?? []),
        selfKeystream: selves.get(member) ?? new Uint8Array(),
        pairKeystreams: new Map(
          members.filter((other) => other !== member).map((other) => [other, stream(pairInfo(member, other))]),
        ),
      }),
    ]),
  );
  return { members, masked, selves };
}

const rounds = fc.integer({ min: 4, max: 8 }).chain((members) =>
  fc.array(fc.array(fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }), { minLength: 5, maxLength: 5 }), {
    minLength: members,
    maxLength: members,
  }),
);

describe('a secure sum', () => {
  test('opens to the sum of all values, negative noise among them', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const { members, masked, selves } = round(values);
        const opened = openedSum(members, masked, selves);
        const sums = values[0]?.map((_, place) => values.reduce((sum, own) => sum + (own[place] ?? 0n), 0n));
        expect(opened.step === 'opened' && numbersOf(opened.sum)).toEqual(sums);
      }),
      { numRuns: 30 },
    );
  });

  test('ends when words are missing, and waits for recovery when a member is lost later', () => {
    const { members, masked, selves } = round([[1n], [2n], [3n], [4n]]);
    const lost = 'node-2';
    const without = <T>(all: ReadonlyMap<string, T>) => new Map([...all].filter(([id]) => id !== lost));
    expect(openedSum(members, without(masked), selves)).toEqual({ step: 'incomplete', missing: [lost] });
    expect(openedSum(members, masked, without(selves))).toEqual({ step: 'pending', recover: [lost] });
    expect(openedSum(members, masked, selves)).toMatchObject({ step: 'opened' });
  });

  test('of a subset is unreadable, even with all self masks open: pair masks stay (A6)', () => {
    const { members, masked, selves } = round([[1n], [2n], [3n], [4n]]);
    for (const left of members) {
      const rest = members.filter((id) => id !== left);
      const pick = <T>(all: ReadonlyMap<string, T>) => new Map([...all].filter(([id]) => id !== left));
      const opened = openedSum(rest, pick(masked), pick(selves));
      // A word that happens to be small would be a mask that cancelled.
      expect(
        opened.step === 'opened' && (opened.sum[0] ?? 0n) > 1000n && (opened.sum[0] ?? 0n) < 2n ** 64n - 1000n,
      ).toBe(true);
    }
  });

  test('of two attempts shares no mask: their difference says nothing (A7)', () => {
    const [first, second] = [round([[1n], [2n], [3n], [4n]], 1), round([[1n], [2n], [3n], [4n]], 2)];
    for (const member of first.members) expect(first.masked.get(member)).not.toEqual(second.masked.get(member));
  });

  test('refuses words of another length and from strangers', () => {
    const { members, masked, selves } = round([[1n], [2n], [3n], [4n]]);
    const long = new Map(masked).set('node-1', wordsOf([1n, 2n]));
    expect(() => openedSum(members, long, selves)).toThrow(RangeError);
    expect(() => openedSum(members, new Map(masked).set('stranger', wordsOf([1n])), selves)).toThrow(RangeError);
    expect(() => openedSum(members, masked, new Map(selves).set('node-1', new Uint8Array(4)))).toThrow(RangeError);
    expect(() => addWords(wordsOf([1n]), wordsOf([1n, 2n]))).toThrow(RangeError);
    const own = { member: 'a', values: wordsOf([1n]), selfKeystream: new Uint8Array(8) };
    expect(() => maskedWords({ ...own, pairKeystreams: new Map([['a', new Uint8Array(8)]]) })).toThrow(RangeError);
  });

  test('binds its context to who takes part, in whichever order, and to each attempt', () => {
    const contexts = [
      maskContext('s', 1, ['a', 'b', 'c', 'd']),
      maskContext('s', 2, ['a', 'b', 'c', 'd']),
      maskContext('s', 1, ['a', 'b', 'c']),
      maskContext('s', 1, ['a', 'b', 'cd']),
      maskContext('t', 1, ['a', 'b', 'c', 'd']),
    ];
    expect(new Set(contexts).size).toBe(contexts.length);
    expect(maskContext('s', 1, ['d', 'c', 'b', 'a'])).toBe(contexts[0]);
    expect([byBytes('a', 'b') < 0, byBytes('b', 'a') > 0, byBytes('a', 'a'), byBytes('a', 'ab') < 0]).toEqual([
      true,
      true,
      0,
      true,
    ]);
  });
});

describe('the roster', () => {
  const agreed = ['a', 'b', 'c', 'd'].map((id) => ({ id, organisation: `org-${id}`, contributes: true }));
  const check = { self: 'a', roster: ['d', 'c', 'b', 'a'], agreed, minMembers: 4 };

  test('is taken as agreed, in any order', () => {
    expect(rosterFaults(check)).toEqual([]);
  });

  test.each([
    ['a member less', { roster: ['a', 'b', 'c'] }, ['not-the-agreed-members']],
    ['an invented member more', { roster: ['a', 'b', 'c', 'd', 'e'] }, ['not-the-agreed-members']],
    ['one replaced', { roster: ['a', 'b', 'c', 'x'] }, ['not-the-agreed-members']],
    ['one twice', { roster: ['a', 'b', 'c', 'd', 'd'] }, ['named-twice']],
    ['another self', { self: 'z' }, ['not-a-member']],
    [
      'two nodes of one organisation',
      { agreed: agreed.map((own) => ({ ...own, organisation: own.id === 'd' ? 'org-a' : own.organisation })) },
      ['too-few-members'],
    ],
    [
      'a member whose coverage does not contribute',
      { agreed: agreed.map((own) => ({ ...own, contributes: own.id !== 'd' })) },
      ['too-few-members'],
    ],
    ['a holder who asks for more', { minMembers: 5 }, ['too-few-members']],
    [
      'three members and a lax holder',
      { roster: ['a', 'b', 'c'], agreed: agreed.slice(0, 3), minMembers: 2 },
      ['too-few-members'],
    ],
  ])('is refused with %s', (_, change, faults) => {
    expect(rosterFaults({ ...check, ...change })).toEqual(faults);
  });
});

describe('opening', () => {
  const asked = { attempt: 2, roster: ['a', 'b', 'c', 'd'] };
  const check = { asked, masked: [{ ...asked, attempt: 1 }, asked], opened: null, pairSharesRevealed: [] };

  test('is allowed once for the attempt that was masked, and again for the same', () => {
    expect(openingFaults(check)).toEqual([]);
    expect(openingFaults({ ...check, opened: { attempt: 2, roster: ['d', 'c', 'b', 'a'] } })).toEqual([]);
  });

  test.each([
    ['another attempt was opened', { opened: { ...asked, attempt: 1 } }, ['another-attempt-opened']],
    ['it was never masked', { masked: [] }, ['not-masked']],
    ['the broker shows another roster', { asked: { ...asked, roster: ['a', 'b', 'c'] } }, ['another-roster']],
    ['a pair key of the attempt was given away', { pairSharesRevealed: ['d'] }, ['share-revealed']],
  ])('is refused when %s', (_, change, faults) => {
    expect(openingFaults({ ...check, ...change })).toEqual(faults);
  });

  test('happens for one set of members only, in 100 random schedules of attempts (A7)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ attempt: fc.integer({ min: 1, max: 5 }), drop: fc.nat(4) }), { maxLength: 20 }),
        (schedule) => {
          let opened: { attempt: number; roster: string[] } | null = null;
          const sets = new Set<string>();
          for (const { attempt, drop } of schedule) {
            const own: { attempt: number; roster: string[] } = {
              attempt,
              roster: asked.roster.filter((_, i) => i !== drop),
            };
            if (openingFaults({ ...check, asked: own, masked: [own], opened }).length > 0) continue;
            opened = own;
            sets.add(own.roster.join());
          }
          expect(sets.size).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
