/** Members of a secure sum for tests: real keys, masks and shares, real rules; what stands in a node's records stands in memory here. */
import {
  type Attempt,
  contentHash,
  discloseTogether,
  type NoisedWords,
  openingFaults,
  rosterFaults,
  type Share,
  SUM_VARIANCE,
  type Words,
} from '@revier/core';
import type { MaskedBody, Sha256, SumPart } from '@revier/schema';
import { makeSeed, maskPart, type SumRoster, unsealShare } from './mask-part.ts';
import { makeSumSecret, type SumSecret, seedCommitment, seedText } from './sum-keys.ts';

export const submission: Sha256 = `sha256:${'a'.repeat(64)}`;
export const tableHash: Sha256 = `sha256:${'b'.repeat(64)}`;

export const table = {
  model: 'rehab-episode/1',
  by: [{ variable: 'sex', level: 'code' }],
  margins: false,
  coverage: [],
  measures: [{ kind: 'count' as const, unit: 'persons', where: [] }],
};

/** Counts of one dimension, each with the same share of noise. */
export function noised(counts: readonly number[], noise: bigint): NoisedWords {
  const keys = [Uint32Array.from(counts.keys())];
  const value = Float64Array.from(counts);
  const recordKeys = Uint32Array.from(counts);
  const raw = { measures: [{ kind: 'count' as const, keys, value, persons: value, recordKeys }], atoms: null };
  const domain = [[...counts.keys()]];
  return discloseTogether({ table, tableHash, model: { variables: [] }, domain, raw, rates: new Map() }, () => noise);
}

export interface Delivered {
  readonly sum: SumPart;
  readonly body: MaskedBody;
}

export interface TestMember {
  readonly id: string;
  /** The public key of an attempt. */
  offer(attempt: number): string;
  /** Null where the member refuses. */
  mask(attempt: number, keys: ReadonlyMap<string, string>): Delivered | null;
  open(attempt: number, members: readonly string[]): string | null;
  share(attempt: number, from: string, sealed: string): Share | null;
}

export const rosterDigest = (attempt: number, keys: ReadonlyMap<string, string>): Sha256 =>
  contentHash({ attempt, keys: [...keys].sort() });

export function testMember(id: string, agreed: readonly string[], values: NoisedWords): TestMember {
  const secrets = new Map<number, SumSecret>();
  const masked = new Map<number, { roster: SumRoster; seed: string; delivered: Delivered }>();
  let opened: Attempt | null = null;
  const membersOf = (attempt: number): string[] => [...(masked.get(attempt)?.roster.keys.keys() ?? [])];
  return {
    id,
    offer(attempt) {
      const secret = secrets.get(attempt) ?? makeSumSecret();
      secrets.set(attempt, secret);
      return secret.x;
    },
    mask(attempt, keys) {
      const secret = secrets.get(attempt);
      const digest = rosterDigest(attempt, keys);
      const before = masked.get(attempt);
      if (before !== undefined) return before.roster.digest === digest ? before.delivered : null;
      const members = agreed.map((member) => ({ id: member, organisation: member, contributes: true }));
      const faults = rosterFaults({ self: id, roster: [...keys.keys()], agreed: members, minMembers: 4 });
      if (secret === undefined || faults.length > 0 || keys.get(id) !== secret.x) return null;
      const [seed, roster] = [makeSeed(), { submission, attempt, digest, keys }];
      const sum = {
        submission,
        attempt,
        roster: digest,
        members: [...keys.keys()].sort(),
        seed: seedCommitment(seed),
        variance: SUM_VARIANCE,
      };
      const part = maskPart(values, { member: id, secret, seed, roster });
      const delivered: Delivered = { sum, body: { format: 'revier-masked/1', table: tableHash, ...part } };
      masked.set(attempt, { roster, seed, delivered });
      return delivered;
    },
    open(attempt, members) {
      const asked = { attempt, roster: members };
      const before = [...masked.keys()].map((known) => ({ attempt: known, roster: membersOf(known) }));
      if (openingFaults({ asked, masked: before, opened, pairSharesRevealed: [] }).length > 0) return null;
      opened = asked;
      return masked.get(attempt)?.seed ?? null;
    },
    share(attempt, from, sealed) {
      const [own, secret] = [masked.get(attempt), secrets.get(attempt)];
      if (opened?.attempt !== attempt || own === undefined || secret === undefined) return null;
      return unsealShare(from, sealed, { member: id, secret, roster: own.roster });
    },
  };
}

export const heldShare = ({ x, y }: Share): { x: number; y: string } => ({ x, y: seedText(y) });

export const sumOf = (words: Words): bigint => words.reduce((sum, word) => sum + word, 0n);
