/** What a node is started with, and what it gives back. */
import type { DataSource, Signer } from '@revier/connector-sdk';
import type { CompactJws, DatasetDescription, GeneralJws, KeyId, ParticipantId, Person, Realm } from '@revier/schema';
import type { Logger, Observation, Records } from '@revier/service-kit';
import type { CrashLabel } from './crash-labels.ts';
import type { InboxSettings } from './inbox/room.ts';

export interface NodeOptions {
  readonly participant: ParticipantId;
  readonly signer: Signer;
  readonly realm: Realm;
  readonly trustList: GeneralJws;
  readonly pinnedSigners: readonly KeyId[];
  readonly broker: { readonly id: ParticipantId; readonly url: string };
  /** Stay the caller's, as do the sources: who opened them closes them, after the node. */
  readonly records: Records;
  /** One schema per participant, `node_registry` say. */
  readonly schema: string;
  readonly datasets: readonly { readonly description: DatasetDescription; readonly source: DataSource }[];
  /** Signed by the holder itself. */
  readonly floor: CompactJws;
  /** In force are these and no others. */
  readonly agreements: readonly GeneralJws[];
  /** Area lists and lookups, signed by their sources, that go to the broker with the descriptions. */
  readonly documents?: readonly CompactJws[];
  /** 32 bytes at least; must stay the same for as long as the records do. */
  readonly noiseKey: Uint8Array;
  readonly admin: { readonly host: '127.0.0.1'; readonly port: number };
  readonly logger: Logger;
  /** Metrics and traces; off when left out. */
  readonly observation?: Observation;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A new file of this name stops the node; that it goes away again starts nothing. A stop over the admin port writes it. */
  readonly stopFile?: string;
  /** Beside the records, but not in them: by it the node notices that either was restored. */
  readonly markFile?: string;
  /** Says where the admin port listens, for as long as the process runs. */
  readonly adminFile?: string;
  /** Enrolled when the records know nobody yet; two of them start the node again after a stop. */
  readonly firstPeople?: readonly Person[];
  /** Newer trust lists that the holder has put there, beside the broker: looked at every second. */
  readonly toldLists?: string;
  /** For one table, in milliseconds; 30 s when left out. */
  readonly statementTimeoutMs?: number;
  /** Answers about persons leave at multiples of this, by the size of their table; 100 ms when left out, 0: at once, for measuring alone. */
  readonly leavingTickMs?: number;
  /** How often the node looks for a newer trust list, in milliseconds; a minute when left out. */
  readonly trustEveryMs?: number;
  /** How often the log is signed, told and followed, in milliseconds; a minute when left out. */
  readonly witnessEveryMs?: number | undefined;
  /** Days for which the log can tell whom an entry is about; three years when left out. */
  readonly openingsKeptDays?: number | undefined;
  /** Templates beside which applications are shown; whether the data protection officer has to be heard. */
  readonly inbox?: Partial<InboxSettings>;
  /** For tests of crashes: ends the process there. Refused in production. */
  readonly crashAt?: CrashLabel | undefined;
}

export interface RunningNode {
  readonly adminUrl: string;
  isStopped(): boolean;
  /** Resolves when the broker has taken descriptions and agreements; rejects when the node is stopped. */
  published(): Promise<void>;
  /** A round of witnessing now, beside those that come by themselves. */
  witness(): Promise<void>;
  /** Resolves when nothing runs any more; what the broker has not acknowledged stays in the records. */
  close(): Promise<void>;
}
