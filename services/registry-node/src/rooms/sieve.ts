/** The sieve: disclosure control, the only maker of what may leave; without it there is no answer to record. */
import { encodeRelease } from '@revier/connector-sdk';
import { type DisclosureInput, digest, discloseLocal, discloseOpen, type RawTable, type Release } from '@revier/core';
import { AppError, type DisclosureMode, type Sha256 } from '@revier/schema';
import type { KeptBody } from '../ports.ts';
import { type ExactTable, openExactTable } from './archive.ts';
import { type Granted, type GrantedFacts, openGranted } from './guard.ts';

export interface SealedFacts {
  readonly granted: GrantedFacts;
  readonly mode: DisclosureMode;
  /** CBOR of the release. */
  readonly bytes: Uint8Array;
  readonly hash: Sha256;
}

/** What may leave. Made of a `Release` of disclosure control, or of the bytes that one was kept as. */
class SealedAnswer {
  readonly #facts: SealedFacts;

  private constructor(facts: SealedFacts) {
    this.#facts = facts;
  }

  static of(granted: GrantedFacts, release: Release): SealedAnswer {
    const bytes = encodeRelease(release);
    return new SealedAnswer({ granted, mode: release.mode, bytes, hash: digest(bytes) });
  }

  static again(granted: GrantedFacts, { bytes, hash }: KeptBody): SealedAnswer {
    if (digest(bytes) !== hash) throw new AppError('INTERNAL', { detail: 'A kept answer is not what it was.' });
    return new SealedAnswer({ granted, mode: granted.own.dataset.mode, bytes, hash });
  }

  static open(answer: SealedAnswer): SealedFacts {
    return answer.#facts;
  }
}

export type { SealedAnswer };

/** For the ledger and the book that it writes. */
export const openSealedAnswer = SealedAnswer.open;

export function sieve(exact: ExactTable, noiseKey: Uint8Array): SealedAnswer {
  const { granted, raw } = openExactTable(exact);
  return SealedAnswer.of(granted, disclose(granted, raw, noiseKey));
}

/** The answer that was given before, byte-equal. `kept` must be what the book keeps under the key of the granted task. */
export const recall = (granted: Granted, kept: KeptBody): SealedAnswer =>
  SealedAnswer.again(openGranted(granted), kept);

function disclose(granted: GrantedFacts, raw: RawTable, noiseKey: Uint8Array): Release {
  const { own, prepared, rates, minCellSize, cellKeys } = granted;
  const input: DisclosureInput = {
    table: own.table,
    tableHash: own.tableHash,
    domain: prepared.domain,
    raw,
    rates,
  };
  // Exact figures leave only where the guard has found the dataset public, which it says by applying no threshold.
  if (own.dataset.mode === 'O' && minCellSize === null) return discloseOpen(input);
  if (own.dataset.mode === 'L' && minCellSize !== null)
    return discloseLocal(input, { minCellSize, cellKeys }, noiseKey);
  throw new AppError('INTERNAL', { detail: 'Mode and threshold do not fit.' });
}
