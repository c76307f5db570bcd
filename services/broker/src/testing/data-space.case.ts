/** What a data space for tests has: the names of its parties, and what can be done with it. */
import type { BrokerClient, DataspaceClient, KeyPair, Signer, signQuery } from '@revier/connector-sdk';
import type { CatalogueDocument, Vocabulary } from '@revier/core';
import type { CompactJws, DatasetDescription, GeneralJws, QuestionInput, SignedQuery } from '@revier/schema';
import type { LimitsInput } from '../limits.ts';
import type { RunningBroker } from '../start-broker.ts';

export const BROKER = 'did:web:broker.example';
export const USER = 'did:web:university.example';
export const REGISTER = 'urn:revier:register:colorectal-small';

export interface Member {
  readonly id: string;
  readonly keys: KeyPair;
  readonly signer: Signer;
}

export interface Person {
  readonly sub: string;
  readonly signer: Signer;
  readonly credential: CompactJws;
}

export interface AgreedDataset {
  readonly holder: string;
  readonly model: string;
  readonly hash: string;
  readonly jws: GeneralJws;
}

export interface Federation {
  readonly url: () => string;
  readonly member: (id: string) => Member;
  /** By dataset. */
  readonly agreements: ReadonlyMap<string, AgreedDataset>;
  readonly person: (sub: string) => Promise<Person>;
  readonly asPerson: (person: Person) => DataspaceClient;
  readonly asHolder: (id: string, over?: Partial<{ signer: Signer; iss: string }>) => BrokerClient;
  /** The same holder at another process of the broker. */
  readonly asHolderAt: (url: string, id: string) => BrokerClient;
  readonly sign: (person: Person, options?: AskOptions) => Promise<SignedQuery>;
  readonly publishAll: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Sets the clock of the broker ahead. */
  readonly later: (ms: number) => void;
  readonly second: () => Promise<RunningBroker>;
  readonly close: () => Promise<void>;
  readonly logged: () => string;
}

export interface AskOptions {
  readonly question?: QuestionInput;
  readonly jti?: string;
  readonly seconds?: number;
  readonly change?: (envelope: Parameters<typeof signQuery>[0]) => Parameters<typeof signQuery>[0];
}

export interface FederationOptions {
  readonly datasets: readonly DatasetDescription[];
  readonly documents: readonly CatalogueDocument[];
  /** As the broker will open it, but for the version: for planning the agreed tables. */
  readonly vocabulary: Vocabulary;
  readonly question: QuestionInput;
  /** A server of one's own; embedded records by default, which a second process shares. */
  readonly databaseUrl?: string;
  readonly limits?: LimitsInput | undefined;
}
