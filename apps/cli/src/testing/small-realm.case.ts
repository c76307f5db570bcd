/** A small realm for tests: real keys, a signed trust list, agreements and documents over the small region. */
import {
  createSigner,
  generateKeyPair,
  type KeyPair,
  openTrustList,
  type Signer,
  signCredential,
  signDocument,
  signGeneral,
  type Trust,
} from '@revier/connector-sdk';
import { type CatalogueDocument, contentHash, type Vocabulary } from '@revier/core';
import {
  type Agreement,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type CompactJws,
  type GeneralJws,
  type ParticipantRole,
  PROFILE,
  type RegisterView,
  type TrustList,
} from '@revier/schema';
import { areas, deprivation, lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';

export const BROKER = 'did:web:broker.example';
export const REGISTER = lateStageQuestion.register;
const HASH = `sha256:${'a'.repeat(64)}`;
const HOLDERS = ['registry', 'city-a', 'city-b', 'clinic-1', 'clinic-2'];
const DAY = 86_400_000;

export interface Actor {
  readonly id: string;
  readonly keys: KeyPair;
  readonly signer: Signer;
  readonly roles: ParticipantRole[];
}

export interface SmallRealm {
  readonly actors: ReadonlyMap<string, Actor>;
  readonly trustList: GeneralJws;
  readonly trust: Trust;
  readonly pinnedSigners: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly documents: ReadonlyMap<string, CompactJws>;
  readonly register: RegisterView;
  readonly researcher: { readonly keys: KeyPair; readonly credential: CompactJws };
}

export async function smallRealm(): Promise<SmallRealm> {
  const actors = new Map<string, Actor>();
  for (const [name, role] of [
    ...HOLDERS.map((holder) => [holder, 'data-holder'] as const),
    ['broker', 'broker'] as const,
    ['university', 'data-user'] as const,
    ['office', 'source'] as const,
  ])
    actors.set(name, await actor(name, role));
  const signer = of(actors, 'registry');
  const list = trustListOf([...actors.values()], signer);
  const trustList = await signGeneral('revier-trust-list+jws', list, [signer.keys.privateKey]);
  const pinnedSigners = [signer.keys.kid];
  const keys = await generateKeyPair();
  const vocabulary = smallVocabulary();
  return {
    actors,
    trustList,
    trust: await openTrustList(trustList, { pinnedSigners, realm: 'test', now: new Date() }),
    pinnedSigners,
    vocabulary,
    documents: await documentsOf(actors),
    register: await registerOf(actors, ['registry', 'city-a', 'city-b']),
    researcher: { keys, credential: await credentialOf(keys, of(actors, 'university')) },
  };
}

export function of(actors: ReadonlyMap<string, Actor>, name: string): Actor {
  const found = actors.get(name.replace(/^did:web:(.*)\.example$/, '$1'));
  if (found === undefined) throw new Error(`There is no actor ${name}.`);
  return found;
}

async function actor(name: string, role: ParticipantRole): Promise<Actor> {
  const keys = await generateKeyPair();
  return { id: `did:web:${name}.example`, keys, signer: await createSigner(keys.privateKey), roles: [role] };
}

const stamp = (offset: number): string => new Date(Date.now() + offset).toISOString();

const trustListOf = (actors: readonly Actor[], signer: Actor): TrustList => ({
  kind: 'trust-list',
  realm: 'test',
  version: 1,
  issued: stamp(-DAY),
  expires: stamp(DAY),
  threshold: 1,
  signers: [signer.keys.kid],
  participants: actors.map(({ id, keys, roles }) => ({
    id,
    name: id,
    roles,
    keys: [{ kid: keys.kid, key: keys.publicKey }],
  })),
});

async function documentsOf(actors: ReadonlyMap<string, Actor>): Promise<ReadonlyMap<string, CompactJws>> {
  const all: CatalogueDocument[] = [
    ...builtInModels,
    ...builtInCodeLists,
    ...builtInStandards,
    areas,
    deprivation,
    ...smallDatasets,
  ];
  const signed = all.map(async (document) => {
    const { signer } = of(actors, document.kind === 'dataset' ? document.holder : 'office');
    return [contentHash(document), await signDocument(document, signer)] as const;
  });
  return new Map(await Promise.all(signed));
}

async function credentialOf(keys: KeyPair, organisation: Actor): Promise<CompactJws> {
  const now = Math.floor(Date.now() / 1000);
  return signCredential(
    {
      iss: organisation.id,
      sub: 'r17',
      key: keys.publicKey,
      roles: ['researcher'],
      registers: [REGISTER],
      realm: 'test',
      iat: now - 3600,
      exp: now + 3600,
    },
    organisation.signer,
  );
}

async function registerOf(actors: ReadonlyMap<string, Actor>, holders: readonly string[]): Promise<RegisterView> {
  const user = of(actors, 'university');
  return {
    id: REGISTER,
    realm: 'test',
    title: { de: 'Darmkrebs', en: 'Colorectal cancer' },
    purpose: 'ehds:PublicHealthSurveillance',
    dataUser: user.id,
    expires: stamp(DAY),
    agreements: await Promise.all(holders.map((holder) => agreementEntry(of(actors, holder), user))),
  };
}

export async function agreementEntry(holder: Actor, user: Actor, more: Partial<Agreement> = {}) {
  const target = smallDatasets.find((dataset) => dataset.holder === holder.id)?.id ?? '';
  const agreement: Agreement = { ...agreementOf(holder.id, user.id), target, ...more };
  const both = [holder.keys.privateKey, user.keys.privateKey];
  return {
    holder: holder.id,
    hash: contentHash(agreement),
    agreement: await signGeneral('revier-agreement+jws', agreement, both),
  };
}

/** Its terms do not matter here: a client looks at who signed what for whom. */
const agreementOf = (assigner: string, assignee: string): Agreement => ({
  '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
  '@type': 'Agreement',
  '@id': 'urn:uuid:7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d',
  profile: PROFILE,
  conflict: 'prohibit',
  timestamp: '2026-02-01T00:00:00Z',
  assigner,
  assignee,
  target: 'urn:revier:dataset:small',
  'rv:register': REGISTER,
  'rv:realm': 'test',
  'rv:version': 1,
  'rv:purposeScheme': HASH,
  'rv:legalBasis': 'EHDS',
  'rv:dataModels': {},
  'rv:codeLists': {},
  'rv:lookups': {},
  'rv:standards': {},
  'rv:lattice': [
    {
      model: 'cancer-case/1',
      by: [],
      margins: false,
      coverage: [],
      measures: [{ kind: 'count', unit: 'cases', where: [] }],
    },
  ],
  permission: [{ '@id': '#p1', action: 'rv:aggregate', constraint: [] }],
  prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
});
