/** Where people ask to stand in the trust list, and where its next version is signed. */

import type { GeneralJws, Sha256, TrustList } from '@revier/schema';
import type { ToldAt } from './log-ports.ts';

/** The next trust list with what it has of signatures. */
export interface Draft {
  readonly hash: Sha256;
  readonly list: TrustList;
  readonly signatures: GeneralJws['signatures'];
}

/** Where people ask to stand in the trust list. Nothing in it is believed by anybody: every participant verifies the signed list itself. */
export interface Office {
  /** False for a code that was there before: it is not made good again. */
  invite(code: Sha256, expires: number, told: ToldAt): Promise<boolean>;
  /** Keeps the request, and uses the code up with it; false for a code that is unknown, used, or over. */
  enrol(enrolment: GeneralJws, code: Sha256 | null, told: ToldAt): Promise<boolean>;
  /** Newest first. */
  enrolments(limit: number): Promise<readonly { readonly enrolment: GeneralJws; readonly received: number }[]>;
  /** Takes the place of the draft before, signatures and all. */
  putDraft(draft: Draft): Promise<void>;
  draft(): Promise<Draft | undefined>;
  /** Undefined when another draft has come meanwhile. */
  sign(hash: Sha256, signature: GeneralJws['signatures'][number]): Promise<Draft | undefined>;
  dropDraft(hash: Sha256): Promise<void>;
  /** A trust list of that version, as it was signed. */
  listOf(version: number): Promise<GeneralJws | undefined>;
}
