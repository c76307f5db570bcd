/** Founding: on the first start, keys are made, data imported, and everything written to one folder; registers are agreed once it runs. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerFolder, writeBrokerFolder } from '@revier/broker';
import { writeParticipant, writeProfile } from '@revier/cli';
import {
  createSigner,
  generateKeyPair,
  type KeyPair,
  signCredential,
  signDocument,
  signGeneral,
} from '@revier/connector-sdk';
import { type NodeFolder, writeNodeFolder } from '@revier/registry-node';
import {
  type CompactJws,
  type DatasetDescription,
  type DisclosureRules,
  type Floor,
  type GeneralJws,
  type TrustList,
  timestampAt,
} from '@revier/schema';
import type { FederationSpec, HolderSpec } from './federation-spec.ts';
import { folders, MARK_FORMAT, type Mark } from './folders.ts';
import { type Imported, importAll } from './import-data.ts';
import { enrolStaff } from './staff.ts';
import { words } from './words.ts';

export interface Founding {
  readonly spec: FederationSpec;
  readonly folder: string;
  /** What the data were made with; another start with other options is told so. */
  readonly options: Mark['options'];
  readonly now: Date;
  readonly lang: keyof typeof words;
  readonly say: (text: string) => void;
}

/** A researcher's pseudonym within the example's university. */
export const RESEARCHER = 'r1';
/** Every holder of the example protects alike, so that what several add up to has a known error. */
const DISCLOSURE: DisclosureRules = { method: 'cell-key', ptable: { D: 5, V: 3, js: 2 }, belowK: 'withhold' };
const YEAR_MS = 365 * 86_400_000;

interface Keys {
  readonly broker: KeyPair;
  readonly source: KeyPair;
  readonly dataUser: KeyPair;
  readonly researcher: KeyPair;
  readonly operator: KeyPair;
  readonly holders: ReadonlyMap<string, KeyPair>;
}

/** Until `markFounded`, a founding that was interrupted begins anew. */
export async function foundFederation(founding: Founding): Promise<void> {
  const { spec, folder, lang, say } = founding;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = await makeKeys(spec);
  say(words[lang].keys);
  const trustList = await signTrustList(founding, keys);
  const imported = await importAll(founding);
  await writeFolders(founding, keys, trustList, imported);
}

/** Written last, when the registers are agreed. */
export async function markFounded({
  spec,
  folder,
  options,
}: Pick<Founding, 'spec' | 'folder' | 'options'>): Promise<void> {
  const mark: Mark = { format: MARK_FORMAT, name: spec.name, options };
  await writeFile(join(folder, 'federation.json'), `${JSON.stringify(mark, null, 2)}\n`);
}

async function makeKeys(spec: FederationSpec): Promise<Keys> {
  const holders = await Promise.all(spec.holders.map(async ({ id }) => [id, await generateKeyPair()] as const));
  return {
    broker: await generateKeyPair(),
    source: await generateKeyPair(),
    dataUser: await generateKeyPair(),
    researcher: await generateKeyPair(),
    operator: await generateKeyPair(),
    holders: new Map(holders),
  };
}

function keyOf(keys: Keys, holder: string): KeyPair {
  const key = keys.holders.get(holder);
  if (key === undefined) throw new Error(`${holder} has no key.`);
  return key;
}

/** The holders that vouch for the trust list: two of the first three must sign, both where there are two. */
const signersOf = (spec: FederationSpec, keys: Keys): KeyPair[] =>
  spec.holders.slice(0, 3).map(({ id }) => keyOf(keys, id));

async function signTrustList({ spec, now }: Founding, keys: Keys): Promise<GeneralJws> {
  const entry = (
    of: { id: TrustList['participants'][number]['id']; name: string },
    role: TrustList['participants'][number]['roles'][number],
    pair: KeyPair,
  ) => ({
    id: of.id,
    name: of.name,
    roles: [role],
    keys: [{ kid: pair.kid, key: pair.publicKey }],
  });
  const signers = signersOf(spec, keys);
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: timestampAt(now.getTime()),
    expires: timestampAt(now.getTime() + YEAR_MS),
    threshold: 2,
    signers: signers.map(({ kid }) => kid).sort(),
    timestampers: signers.map(({ kid }) => kid).sort(),
    participants: [
      entry(spec.broker, 'broker', keys.broker),
      entry(spec.operator, 'operator', keys.operator),
      entry(spec.source, 'source', keys.source),
      { ...entry(spec.dataUser, 'data-user', keys.dataUser), sector: spec.dataUser.sector },
      ...spec.holders.map((holder) => entry(holder, 'data-holder', keyOf(keys, holder.id))),
    ].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  return signGeneral(
    'revier-trust-list+jws',
    list,
    signers.slice(0, 2).map(({ privateKey }) => privateKey),
  );
}

async function writeFolders(
  founding: Founding,
  keys: Keys,
  trustList: GeneralJws,
  imported: ReadonlyMap<string, Imported>,
): Promise<void> {
  const { spec, folder } = founding;
  const places = folders(folder);
  const pinnedSigners = signersOf(spec, keys)
    .slice(0, 2)
    .map(({ kid }) => kid);
  const source = await createSigner(keys.source.privateKey);
  const documents = await Promise.all(spec.documents.map((document) => signDocument(document, source)));
  const broker: BrokerFolder = {
    settings: { participant: spec.broker.id, realm: 'test', listen: { host: '127.0.0.1', port: 7400 }, pinnedSigners },
    trustList,
    privateKey: keys.broker.privateKey,
  };
  await writeBrokerFolder(places.broker, broker);
  for (const holder of spec.holders)
    await writeNodeFolder(
      places.node(holder.slug),
      await nodeFolder({ founding, keys, trustList, pinnedSigners, documents, imported }, holder),
    );
  for (const [place, { id }, { privateKey }] of [
    [places.operator, spec.operator, keys.operator],
    [places.dataUser, spec.dataUser, keys.dataUser],
  ] as const)
    await writeParticipant(place, {
      participant: id,
      realm: 'test',
      pinnedSigners,
      broker: { id: spec.broker.id, url: 'http://127.0.0.1:7400' },
      trustList,
      privateKey,
    });
  await writeProfile(places.user, {
    broker: 'http://127.0.0.1:7400',
    brokerId: spec.broker.id,
    realm: 'test',
    pinnedSigners,
    credential: await credentialFor(founding, keys),
    privateKey: keys.researcher.privateKey,
  });
}

interface NodeParts {
  readonly founding: Founding;
  readonly keys: Keys;
  readonly trustList: GeneralJws;
  readonly pinnedSigners: readonly string[];
  readonly documents: readonly CompactJws[];
  readonly imported: ReadonlyMap<string, Imported>;
}

async function nodeFolder(parts: NodeParts, holder: HolderSpec): Promise<NodeFolder> {
  const { founding, keys, imported } = parts;
  const own = imported.get(holder.id);
  if (own === undefined) throw new Error(`${holder.id} has no data.`);
  const pair = keyOf(keys, holder.id);
  const floor: Floor = {
    kind: 'floor',
    holder: holder.id,
    realm: 'test',
    minCellSize: holder.minCellSize,
    publicDatasets: own.descriptions.filter(({ mode }) => mode === 'O').map(({ id }) => id),
    maxDimensions: 5,
    maxCells: 200_000,
    // Whoever takes part in secure sums says so.
    ...(own.descriptions.some(({ mode }) => mode === 'F') ? { modes: ['O', 'L', 'F'] } : {}),
    disclosure: holder.disclosure ?? DISCLOSURE,
  };
  return {
    participant: holder.id,
    realm: 'test',
    pinnedSigners: [...parts.pinnedSigners],
    broker: { id: founding.spec.broker.id, url: 'http://127.0.0.1:7400' },
    admin: { host: '127.0.0.1', port: 0 },
    datasets: holder.datasets.map(({ name }, at) => ({ name, description: descriptionAt(own, at) })),
    trustList: parts.trustList,
    floor: await signDocument(floor, await createSigner(pair.privateKey)),
    agreements: [],
    documents: [...parts.documents],
    privateKey: pair.privateKey,
    noiseKey: own.noiseKey,
    people: await enrolStaff(folders(founding.folder).people(holder.slug)),
  };
}

function descriptionAt({ descriptions }: Imported, at: number): DatasetDescription {
  const found = descriptions[at];
  if (found === undefined) throw new Error('A dataset was not described.');
  return found;
}

async function credentialFor({ spec, now }: Founding, keys: Keys): Promise<CompactJws> {
  const iat = Math.floor(now.getTime() / 1000);
  return signCredential(
    {
      iss: spec.dataUser.id,
      sub: RESEARCHER,
      key: keys.researcher.publicKey,
      roles: ['researcher'],
      registers: spec.registers.map(({ id }) => id),
      realm: 'test',
      iat,
      exp: iat + YEAR_MS / 1000,
    },
    await createSigner(keys.dataUser.privateKey),
  );
}
