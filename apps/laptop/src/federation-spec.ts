/** What a laptop federation is made of: who takes part, with which data, and under which occasions. */
import type { Columns } from '@revier/connector-sdk';
import type {
  CodeList,
  DataModel,
  DatasetDescription,
  DisclosureRules,
  LegalBasisCode,
  Lookup,
  ParticipantId,
  QuestionInput,
  RecipientSector,
  RegisterId,
  Text,
} from '@revier/schema';

export interface DatasetSpec {
  /** Name of the store and end of the dataset's id. */
  readonly name: string;
  readonly model: DataModel;
  readonly mode: DatasetDescription['mode'];
  readonly title: Text;
  readonly description: Text;
  readonly grain: DatasetDescription['grain'];
  readonly coverage: DatasetDescription['coverage'];
  readonly source: string;
  readonly synthetic: boolean;
  readonly asOf: string;
  readonly population?: NonNullable<DatasetDescription['population']>;
  readonly impossible?: NonNullable<DatasetDescription['impossible']>;
  /** Rows, made or read when the data are imported. */
  columns(): Iterable<Columns>;
}

export interface HolderSpec {
  readonly slug: string;
  readonly id: ParticipantId;
  readonly name: string;
  readonly datasets: readonly DatasetSpec[];
  /** Fewest persons of a shown cell. */
  readonly minCellSize: number;
  /** How its floor says that figures are protected; the example's way when left out. */
  readonly disclosure?: DisclosureRules;
}

export interface RegisterSpec {
  readonly id: RegisterId;
  readonly title: Text;
  readonly aim: string;
  readonly legalBasis: LegalBasisCode;
  readonly recipientBasis: string;
  /** Its tables are what these questions need of each holder. */
  readonly questions: readonly QuestionInput[];
}

export interface FederationSpec {
  readonly name: string;
  /** Code lists and lookups that a public source signs. */
  readonly documents: readonly (CodeList | Lookup)[];
  readonly source: { readonly id: ParticipantId; readonly name: string };
  readonly broker: { readonly id: ParticipantId; readonly name: string };
  /** Who invites and drafts trust lists. */
  readonly operator: { readonly id: ParticipantId; readonly name: string };
  readonly dataUser: { readonly id: ParticipantId; readonly name: string; readonly sector: RecipientSector };
  readonly holders: readonly HolderSpec[];
  readonly registers: readonly RegisterSpec[];
  /** The questions that the demonstration asks, the first one being the answer of `--json`. */
  readonly demonstration: readonly { readonly file: string; readonly title: Text }[];
}
