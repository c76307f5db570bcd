/** Secure sums with real crypto: masks cancel for one roster only, shares give a lost seed, and whatever drops out, one set of members opens. */
import {
  advanceSum,
  beginSum,
  digest,
  membersOf,
  numbersOf,
  openNoisedWords,
  owing,
  STEPS_PER_PERSON,
  SUM_VARIANCE,
  type SumCourse,
  type SumEvent,
  type SumRules,
  thresholdOf,
} from '@revier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMasked, encodeMasked } from './masked-body.ts';
import { type Delivered, heldShare, noised, rosterDigest, type TestMember, testMember } from './members.case.ts';
import { noiseSource } from './noise-source.ts';
import { openTotal, recoverSeed } from './open-total.ts';
import { makeSumSecret, pairKeysOf, seedCommitment } from './sum-keys.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `did:web:clinic-${i}.example`);
const countsOf = (i: number): number[] => [7 + i, 100 * i, 3];

function choir(count: number): TestMember[] {
  const ids = names(count);
  return ids.map((id, i) => testMember(id, ids, noised(countsOf(i), BigInt(i) - 1n)));
}

const keysOf = (members: readonly TestMember[], attempt = 1): Map<string, string> =>
  new Map(members.map((member) => [member.id, member.offer(attempt)]));

function delivered(members: readonly TestMember[], attempt = 1): Map<string, Delivered> {
  const keys = keysOf(members, attempt);
  return new Map(
    members.flatMap((member) => {
      const part = member.mask(attempt, keys);
      return part === null ? [] : [[member.id, part] as const];
    }),
  );
}

/** Exact counts with the noise of every member. */
const expected = (count: number): bigint[] =>
  [0, 1, 2].map((cell) =>
    names(count).reduce((sum, _, i) => sum + BigInt(countsOf(i)[cell] ?? 0) + BigInt(i) - 1n, 0n),
  );

const partsOf = (given: ReadonlyMap<string, Delivered>, seeds: ReadonlyMap<string, string>) =>
  [...given].map(([member, part]) => ({ member, ...part, seed: seeds.get(member) ?? '' }));

describe('a secure sum', () => {
  it.each([4, 7])('of %i members opens to the sum of what they put in, and one part alone says nothing', (count) => {
    const members = choir(count);
    const given = delivered(members);
    const seeds = new Map(members.map((member) => [member.id, member.open(1, names(count)) ?? '']));
    expect(numbersOf(openTotal(partsOf(given, seeds)))).toEqual(expected(count));
    const [[, first] = []] = given;
    expect(
      new BigUint64Array(first?.body.words.slice().buffer ?? new ArrayBuffer(0)).some((word) => word < 2n ** 32n),
    ).toBe(false);
  });

  it('does not open with a seed that its member has not committed to, nor with parts of two attempts', () => {
    const members = choir(4);
    const [one, two] = [delivered(members, 1), delivered(members, 2)];
    const seeds = new Map(members.map((member) => [member.id, member.open(1, names(4)) ?? '']));
    const [[id = ''] = []] = seeds;
    const wrong = new Map(seeds).set(id, 'A'.repeat(43));
    expect(() => openTotal(partsOf(one, wrong))).toThrow(/seed/);
    const mixed = new Map(one).set(id, two.get(id) ?? missing());
    expect(() => openTotal(partsOf(mixed, seeds))).toThrow(/one sum/);
    expect(() => openTotal(partsOf(one, seeds).slice(1))).toThrow(/one sum/);
  });

  it('is read under no other submission: the words stay noise', () => {
    const members = choir(4);
    const given = delivered(members);
    const seeds = new Map(members.map((member) => [member.id, member.open(1, names(4)) ?? '']));
    const other = partsOf(given, seeds).map((part) => ({
      ...part,
      sum: { ...part.sum, submission: digest(Buffer.from('another')) },
    }));
    expect(numbersOf(openTotal(other))).not.toEqual(expected(4));
  });

  it('recovers a lost seed from as many shares as the threshold, and from no fewer', () => {
    const members = choir(7);
    const given = delivered(members);
    const [lost, ...others] = members;
    const part = given.get(lost?.id ?? '') ?? missing();
    for (const member of others) member.open(1, names(7));
    const shares = others.flatMap((member) => {
      const share = member.share(1, lost?.id ?? '', part.body.shares[member.id] ?? '');
      return share === null ? [] : [heldShare(share)];
    });
    const seed = recoverSeed(shares.slice(0, thresholdOf(7)), 7, part.sum.seed);
    expect(seed).toBe(lost?.open(1, names(7)));
    expect(recoverSeed(shares.slice(1, thresholdOf(7)), 7, part.sum.seed)).toBeUndefined();
    const forged = shares.with(0, { x: shares[0]?.x ?? 1, y: 'A'.repeat(43) });
    expect(recoverSeed(forged.slice(0, thresholdOf(7)), 7, part.sum.seed)).toBeUndefined();
  });

  it('gives no share before it has opened, and none that was sealed for somebody else', () => {
    const [a, b, c] = choir(4);
    if (a === undefined || b === undefined || c === undefined) throw new Error('there are four');
    const given = delivered([a, b, c, ...choir(4).slice(3)]);
    const share = given.get(a.id)?.body.shares[b.id] ?? '';
    expect(b.share(1, a.id, share)).toBeNull();
    c.open(1, names(4));
    expect(() => c.share(1, a.id, share)).toThrow(/sealed/);
  });
});

const missing = (): never => {
  throw new Error('nothing was delivered');
};

describe('keys of members', () => {
  it('refuse a point of small order, whose secret everybody knows', () => {
    const [member, other] = ['did:web:a.example', 'did:web:b.example'];
    const zero = Buffer.alloc(32).toString('base64url');
    const pairs = pairKeysOf({ member, secret: makeSumSecret(), keys: new Map([[other, zero]]), context: 'c' });
    expect(() => pairs.mask(other)).toThrow(/X25519/);
  });
});

describe('a masked body', () => {
  const body = delivered(choir(4)).get(names(4)[0] ?? '')?.body ?? missing();
  const bytes = encodeMasked(body);
  const header = { bytes: bytes.length, sha256: digest(bytes) };

  it('arrives as it was sent', () => expect(decodeMasked(bytes, header, 3)).toEqual(body));

  it('is refused with more or fewer words than the table has cells', () => {
    expect(() => decodeMasked(bytes, header, 4)).toThrow(/words/);
    expect(() => decodeMasked(bytes, header, 2)).toThrow(/words/);
  });

  it('is refused with one byte changed, and with bytes behind its end', () => {
    expect(() => decodeMasked(bytes.with(40, (bytes[40] ?? 0) ^ 1), header, 3)).toThrow();
    const longer = new Uint8Array([...bytes, 0]);
    expect(() => decodeMasked(longer, { bytes: longer.length, sha256: digest(longer) }, 3)).toThrow();
  });
});

describe('shares of noise', () => {
  const source = (members = names(4), noiseKey = new Uint8Array(32).fill(1)) =>
    noiseSource({ noiseKey, members, cellName: (measure, cell) => `${measure} ${cell}` });
  const draws = (share: ReturnType<typeof source>, state = '1') =>
    Array.from({ length: 400 }, (_, cell) => share({ measure: 0, cell, state }));

  it('are the same however often one asks, and others for other records, members or keys', () => {
    expect(draws(source())).toEqual(draws(source()));
    expect(draws(source(), '2')).not.toEqual(draws(source()));
    expect(draws(source(names(5)))).not.toEqual(draws(source()));
    expect(draws(source(names(4), new Uint8Array(32).fill(2)))).not.toEqual(draws(source()));
  });

  it('add up over four members to noise of the variance that is promised', () => {
    const cells = 6000;
    const shares = names(4).map((_, i) => source(names(4), new Uint8Array(32).fill(i + 1)));
    const totals = Array.from({ length: cells }, (_, cell) =>
      Number(shares.reduce((sum, share) => sum + share({ measure: 0, cell, state: '5' }), 0n)),
    );
    const mean = totals.reduce((sum, x) => sum + x, 0) / cells;
    const variance = totals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / cells;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - SUM_VARIANCE)).toBeLessThan(0.7);
  });

  it('of sums add up to the same noise in whole contributions, drawn in steps of them', () => {
    const cells = 3000;
    const shares = names(4).map((_, i) => source(names(4), new Uint8Array(32).fill(i + 1)));
    const totals = Array.from({ length: cells }, (_, cell) =>
      Number(shares.reduce((sum, share) => sum + share({ measure: 0, cell, state: 'sum 5', isFine: true }), 0n)),
    );
    const variance = totals.reduce((sum, x) => sum + x ** 2, 0) / cells / STEPS_PER_PERSON ** 2;
    expect(Math.abs(variance - SUM_VARIANCE)).toBeLessThan(1);
    expect(totals.some((x) => x % STEPS_PER_PERSON !== 0)).toBe(true);
  });
});

/** The honest broker over members that fall out by a schedule; whatever it asks or gets may be lost. */
function run(count: number, isLost: () => boolean) {
  const members = choir(count);
  const byId = new Map(members.map((member) => [member.id, member]));
  const bodies = new Map<string, Delivered>();
  const opened = new Map<number, Set<string>>();
  const rules: SumRules = {
    patienceMs: 10,
    mayBegin: true,
    recovered: (part, shares) => recoverSeed(shares, count, (bodies.get(part.body ?? '') ?? missing()).sum.seed),
  };
  let [course, now]: [SumCourse, number] = [beginSum(names(count), 0), 0];
  const step = (event: SumEvent): void => {
    course = advanceSum(course, event, now, rules);
  };
  for (let round = 0; round < 60 && course.phase !== 'opened'; round++, now += 6) {
    const asked = course;
    for (const id of owing(asked)) {
      const member = byId.get(id) ?? missing();
      if (isLost()) continue;
      const event = answer(member, asked, bodies, opened);
      if (event !== null && !isLost()) step(event);
    }
    step({ kind: 'clock' });
  }
  return { course, bodies, opened, members };
}

function answer(
  member: TestMember,
  course: SumCourse,
  bodies: Map<string, Delivered>,
  opened: Map<number, Set<string>>,
): SumEvent | null {
  const { attempt, phase, parts, recover } = course;
  if (phase === 'offer') return { kind: 'receipt', member: member.id, attempt, receipt: member.offer(attempt) };
  if (phase === 'roster') {
    const part = member.mask(attempt, new Map(parts.map((one) => [one.member, one.receipt ?? ''])));
    if (part === null) return null;
    bodies.set(`${attempt} ${member.id}`, part);
    return { kind: 'masked', member: member.id, attempt, header: member.id, body: `${attempt} ${member.id}` };
  }
  const seed = member.open(attempt, membersOf(course));
  if (seed === null) return null;
  opened.set(attempt, (opened.get(attempt) ?? new Set()).add(member.id));
  const shares = recover.flatMap((lost) => {
    const sealed = bodies.get(`${attempt} ${lost}`)?.body.shares[member.id];
    const share = sealed === undefined ? null : member.share(attempt, lost, sealed);
    return share === null ? [] : [[lost, heldShare(share)] as const];
  });
  return { kind: 'opening', member: member.id, attempt, seed, shares: Object.fromEntries(shares) };
}

describe('whatever drops out', () => {
  it('at most one attempt is opened, by everybody, and what it opens to is the sum: 100 random schedules', () => {
    let finished = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 7 }),
        fc.double({ min: 0, max: 0.45, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (count, rate, luck) => {
          const { course, bodies, opened } = run(count, () => Number(luck.next().value) < rate);
          expect(opened.size).toBeLessThanOrEqual(1);
          if (course.phase !== 'opened') return;
          finished++;
          const parts = course.parts.map(({ member, body, seed }) => ({
            member,
            ...(bodies.get(body ?? '') ?? missing()),
            seed: seed ?? '',
          }));
          expect(numbersOf(openTotal(parts))).toEqual(expected(count));
        },
      ),
      { numRuns: 100 },
    );
    expect(finished).toBeGreaterThan(30);
  });

  it('members that are gone for good after masking are recovered while enough are left, and nothing is run again', () => {
    const gone = new Set(names(7).slice(0, 2));
    const members = choir(7);
    const bodies = new Map<string, Delivered>();
    const rules: SumRules = {
      patienceMs: 10,
      mayBegin: true,
      recovered: (part, shares) => recoverSeed(shares, 7, (bodies.get(part.body ?? '') ?? missing()).sum.seed),
    };
    let course = beginSum(names(7), 0);
    for (let now = 0; now < 200; now += 6) {
      for (const member of members)
        if (course.phase !== 'open' || !gone.has(member.id)) {
          const event = answer(member, course, bodies, new Map());
          if (event !== null) course = advanceSum(course, event, now, rules);
        }
      course = advanceSum(course, { kind: 'clock' }, now, rules);
    }
    expect(course).toMatchObject({ phase: 'opened', attempt: 1 });
  });

  it('an evil broker that asks whom it likes for what it likes gets the seeds of one attempt at most', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ member: fc.nat(4), attempt: fc.integer({ min: 1, max: 3 }), less: fc.nat(5) }), {
          maxLength: 60,
        }),
        (wishes) => {
          const members = choir(5);
          const attempts = [1, 2, 3].map((attempt) => delivered(members, attempt));
          const seeds = new Map<number, Set<string>>();
          const shares = new Map<string, Set<number>>();
          for (const { member: at, attempt, less } of wishes) {
            const member = members[at] ?? missing();
            const seed = member.open(attempt, less === 5 ? names(5) : names(5).filter((_, i) => i !== less));
            if (seed !== null) seeds.set(attempt, (seeds.get(attempt) ?? new Set()).add(member.id));
            for (const lost of names(5)) {
              const sealed = attempts[attempt - 1]?.get(lost)?.body.shares[member.id];
              const share = sealed === undefined ? null : member.share(attempt, lost, sealed);
              if (share !== null)
                shares.set(`${attempt} ${lost}`, (shares.get(`${attempt} ${lost}`) ?? new Set()).add(share.x));
            }
          }
          const readable = [1, 2, 3].filter((attempt) =>
            names(5).every(
              (id) => seeds.get(attempt)?.has(id) || (shares.get(`${attempt} ${id}`)?.size ?? 0) >= thresholdOf(5),
            ),
          );
          expect(readable.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a roster with a member less, an invented one, or a key that is not its own is not masked for, nor a second one in an attempt', () => {
    const members = choir(5);
    const keys = keysOf(members);
    const [first] = members;
    const without = new Map([...keys].slice(0, 4));
    const invented = new Map([...keys].slice(0, 4)).set('did:web:invented.example', makeSumSecret().x);
    const stolen = new Map(keys).set(first?.id ?? '', makeSumSecret().x);
    for (const roster of [without, invented, stolen]) expect(first?.mask(1, roster)).toBeNull();
    expect(first?.mask(1, keys)).not.toBeNull();
    expect(first?.mask(1, new Map(keys).set(members[1]?.id ?? '', makeSumSecret().x))).toBeNull();
    expect(rosterDigest(1, keys)).not.toBe(rosterDigest(2, keys));
  });

  it('words of an attempt are replayed in no other: masks of another roster do not cancel', () => {
    const members = choir(4);
    const [one, two] = [delivered(members, 1), delivered(members, 2)];
    const seeds = new Map(members.map((member) => [member.id, member.open(2, names(4)) ?? '']));
    const parts = partsOf(two, seeds).map((part) => ({ ...part, body: one.get(part.member)?.body ?? part.body }));
    expect(numbersOf(openTotal(parts))).not.toEqual(expected(4));
  });
});

it('what is noised and not masked yet is sealed: only masking opens it', () => {
  const words = noised([5], 2n);
  expect(JSON.stringify(words)).toBe('{}');
  expect(numbersOf(openNoisedWords(words))).toEqual([7n]);
  expect(seedCommitment('A'.repeat(43))).toMatch(/^sha256:/);
});
