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
}

/** What holders have stated about agreements, verified when it came. */
export interface Statuses {
  put(stated: readonly { readonly statement: StatusStatement; readonly jws: CompactJws }[]): Promise<void>;
  /** Whoever has stated anything about them; nobody, for one that nothing was stated about. */
  of(agreements: readonly Sha256[]): Promise<readonly AgreementStand[]>;
}
