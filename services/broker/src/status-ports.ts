/** What holders have stated about their agreements, as the use-cases need it. */
import type { AgreementLife } from '@revier/core';
import type { CompactJws, ParticipantId, Sha256, StatusStatement } from '@revier/schema';

/** How an agreement stands, as this holder has stated it. */
export interface AgreementStand {
  readonly agreement: Sha256;
  readonly holder: ParticipantId;
  readonly life: AgreementLife;
  /** In words, as stated. */
  readonly reason: string | null;
  /** The signed statement that decides. */
  readonly jws: CompactJws;
}

/** What holders have stated about agreements, verified when it came. */
export interface Statuses {
  /**
   * What is new is entered into the audit log in the same transaction.
   * @param at milliseconds since the epoch
   */
  put(stated: readonly { readonly statement: StatusStatement; readonly jws: CompactJws }[], at: number): Promise<void>;
  /** Whoever has stated anything about them; nobody, for one that nothing was stated about. */
  of(agreements: readonly Sha256[]): Promise<readonly AgreementStand[]>;
}
