/** Outside memory: a longer checkpoint of our own stops us; what somebody else has signed does not. */
import { hashText, originOf, type Signer, signCheckpoint } from '@revier/connector-sdk';
import { Sha256 } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { noticeByWitness } from './witnessed.ts';

let small: SmallHouse;
beforeAll(async () => {
  small = await smallHouse();
});

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const named = (byte: number) => Sha256.parse(`sha256:${Buffer.from(hash(byte)).toString('hex')}`);

/** Our log has 10 entries; the world has seen a checkpoint of this size and hash. */
async function noticed(size: number, byte: number, by?: Signer, accepted = 0) {
  const { self } = small.house;
  const origin = originOf(self.participant, self.realm);
  const note = await signCheckpoint({ origin, size, hash: hash(byte) }, by ?? self.signer);
  return noticeByWitness(
    {
      self,
      log: { origin },
      client: {
        logs: async () => ({ logs: [{ origin, size, cosigned: false }] }),
        checkpointSteps: async () => [{ note, from: 0, proof: [hashText(hash(0))] }],
      },
      heads: {
        now: async () => ({ size: 10, head: named(1) }),
        at: async (at) => (at <= 10 ? named(1) : undefined),
        erased: async () => [],
        erase: async () => 0,
      },
      restores: { accepted: async () => accepted },
    },
    AbortSignal.timeout(1000),
  );
}

describe('a checkpoint of our own', () => {
  it('that fits says nothing', async () => {
    expect(await noticed(8, 1)).toBeUndefined();
  });

  it('that is longer than the log says that we were restored, and how much is missing', async () => {
    expect(await noticed(14, 1)).toMatchObject({ known: 14, reason: expect.stringContaining('restored') });
  });

  it('of another past says so', async () => {
    expect(await noticed(8, 2)).toMatchObject({ known: 8, reason: expect.stringContaining('another past') });
  });

  it('that two persons have started the node in the knowledge of is no news', async () => {
    expect(await noticed(14, 1, undefined, 14)).toBeUndefined();
  });

  it('that somebody else has signed stops nobody', async () => {
    expect(await noticed(14, 1, small.parties.broker.signer)).toBeUndefined();
  });
});
