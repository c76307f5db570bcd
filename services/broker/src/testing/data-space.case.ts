/** What a data space for tests has: the names of its parties, and what can be done with it. */
import type {
  Authorize,
  BrokerClient,
  DataspaceClient,
  KeyPair,
  ProofKeys,
  Signer,
  signQuery,
} from '@revier/connector-sdk';
import type { CatalogueDocument, Vocabulary } from '@revier/core';
import type { DemoUser, ProviderKeys } from '@revier/demo-provider';
import type { CompactJws, DatasetDescription, GeneralJws, QuestionInput, SignedQuery } from '@revier/schema';
import type { LimitsInput } from '../limits.ts';
import type { PeopleInput } from '../people.ts';
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
  readonly keys: ProofKeys;
  /** Logs in when it is needed. */
  readonly token: () => Promise<string>;
  readonly authorize: Authorize;
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
  /** With a credential, as a researcher, unless said otherwise. */
  readonly person: (sub: string, over?: Partial<DemoUser>) => Promise<Person>;
  /** One request of a person, with a proof of its own; a path at the broker, or an address. */
  readonly fetchAs: (person: Person, path: string, init?: PersonsRequest) => Promise<Response>;
  readonly provider: () => Login;
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

export interface PersonsRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Where people log in, with the keys that it signs with. */
export interface Login {
  readonly issuer: string;
  readonly keys: ProviderKeys;
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
  readonly people?: Partial<PeopleInput>;
  /** Until a task is offered again. */
  readonly redeliverSeconds?: number;
}
