/** What the inbox works with: the node's own facts, its people at the moment, and the ports that it may use. */
import type { AgreementLife } from '@revier/core';
import type {
  Agreement,
  Application,
  ApprovalRole,
  CompactJws,
  GeneralJws,
  KeyId,
  PolicyOffer,
  Sha256,
} from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { HeldDataset, History, OwnLog, People, Roll, Self, Vocabularies } from '../ports.ts';
import type { Negotiations } from './ports.ts';

/** An agreement that was concluded here. */
export interface Concluded {
  readonly hash: Sha256;
  readonly agreement: Agreement;
}

export interface ConcludedAgreements {
  /** The newest that is ACTIVE for a register and dataset. */
  inForce(register: string, dataset: string): Promise<Concluded | undefined>;
  standing(hash: Sha256): Promise<{ readonly stored: Concluded; readonly life: AgreementLife } | undefined>;
  list(): Promise<readonly { readonly stored: Concluded; readonly life: AgreementLife }[]>;
}

/** What an agreement is concluded with; all of it verified and counted. */
export interface ConcludedWith {
  readonly author: string | null;
  readonly approvals: readonly {
    readonly role: ApprovalRole;
    readonly person: string;
    readonly kid: KeyId;
    readonly statement: CompactJws | GeneralJws;
    readonly at: number;
  }[];
  readonly application: { readonly application: Application; readonly signed: CompactJws };
}

/** A model offer of the holder's own; shown beside an application for this dataset, or for its purpose. */
export interface OfferTemplate {
  /** As its file is called. */
  readonly name: string;
  readonly offer: PolicyOffer;
}

export interface InboxSettings {
  readonly templates: readonly OfferTemplate[];
  /** Nothing is agreed to before the data protection officer has said something about this very draft. */
  readonly opinionRequired: boolean;
  /** Tables that the check at approval refuses may be granted; never outside the realm test. */
  readonly latticeIsAdvice: boolean;
}

export interface InboxDeps {
  readonly self: Self;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly people: Pick<People, 'roll'>;
  readonly agreements: ConcludedAgreements;
  readonly history: Pick<History, 'answered'>;
  readonly vocabularies: Vocabularies;
  readonly negotiations: Negotiations;
  readonly log: Pick<OwnLog, 'since' | 'snapshots'>;
  readonly settings: InboxSettings;
  readonly logger: Logger;
  /** @throws AppError as `concludeAgreement` */
  readonly conclude: (signed: GeneralJws, by: ConcludedWith) => Promise<unknown>;
  /** Something may have been put into the outbox. */
  readonly wake: () => void;
}

/** Read before a transaction begins: within one, the records answer to nobody else. */
export interface Room extends Pick<InboxDeps, 'self' | 'datasets' | 'settings' | 'logger'> {
  readonly roll: Roll;
  /** Of the request that has come, once its tables were checked; null where they could not be. */
  readonly isLatticeSafe?: boolean | null;
}

export const roomOf = async ({ self, datasets, settings, logger, people }: InboxDeps): Promise<Room> => ({
  ...{ self, datasets, settings, logger },
  roll: await people.roll(),
});
