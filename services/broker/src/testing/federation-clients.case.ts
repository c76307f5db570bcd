/** Everybody of a test's data space at their clients, signing for real. */
import {
  authorizePerson,
  createBrokerClient,
  createDataspaceClient,
  createSigner,
  generateKeyPair,
  proofKeysOf,
  signCredential,
  signDocument,
  signQuery,
} from '@revier/connector-sdk';
import { DEMO_CLIENT, type DemoUser } from '@revier/demo-provider';
import { type LogIn, logIn } from '@revier/testkit';
import { BROKER, type Federation, type FederationOptions, REGISTER, USER } from './data-space.case.ts';

const HOUR = 3600;
const seconds = (): number => Math.floor(Date.now() / 1000);

/** A token is shown while a minute of it is left. */
const TOKEN_MS = 240_000;

interface ClientParts extends Pick<Federation, 'url' | 'member' | 'agreements'> {
  readonly issuer: string;
  /** The list of the provider: whoever is added can log in. */
  readonly users: DemoUser[];
  readonly options: FederationOptions;
}

export function clientsOf({ url, member, options, agreements, issuer, users }: ClientParts) {
  const asHolder: Federation['asHolder'] = (id, over) =>
    createBrokerClient({
      baseUrl: url(),
      identity: { signer: member(id).signer, iss: id, aud: BROKER, realm: 'test', ...over },
    });
  const asHolderAt: Federation['asHolderAt'] = (baseUrl, id) =>
    createBrokerClient({ baseUrl, identity: { signer: member(id).signer, iss: id, aud: BROKER, realm: 'test' } });
  const asPerson: Federation['asPerson'] = ({ authorize }) => createDataspaceClient({ baseUrl: url(), authorize });
  const fetchAs: Federation['fetchAs'] = async ({ authorize }, path, { method = 'GET', headers, ...init } = {}) => {
    const address = new URL(path, url()).href;
    return fetch(address, { ...init, method, headers: { ...headers, ...(await authorize({ method, url: address })) } });
  };
  const person: Federation['person'] = async (sub, over) => {
    users.push({ id: sub, name: sub, roles: ['researcher'], organisation: USER, ...over });
    const keys = await generateKeyPair();
    const own = {
      iss: USER,
      sub,
      key: keys.publicKey,
      roles: ['researcher' as const],
      registers: [REGISTER],
      realm: 'test' as const,
      iat: seconds() - 60,
      exp: seconds() + HOUR,
    };
    const credential = await signCredential(own, member(USER).signer);
    const proofKeys = await proofKeysOf(keys.privateKey);
    const accessToken = tokenOf({ issuer, clientId: DEMO_CLIENT, user: sub, keys: proofKeys });
    return {
      sub,
      signer: await createSigner(keys.privateKey),
      credential,
      keys: proofKeys,
      token: accessToken,
      authorize: authorizePerson({ accessToken, keys: proofKeys, credential, clock: () => new Date() }),
    };
  };
  const sign: Federation['sign'] = async (
    who,
    { question = options.question, jti, seconds: span = 60, change } = {},
  ) => {
    const { hash, catalogue } = await asPerson(who).catalogue();
    const used = (question.by ?? []).flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
    const models = Object.values(question.aggregates).map(({ model }) => model);
    const asked = question.holders?.asked ?? [...agreements.values()].map(({ holder }) => holder);
    const relied = [...agreements.values()].filter(
      ({ holder, model }) => models.includes(model) && asked.includes(holder),
    );
    const envelope = {
      signer: who.signer,
      credential: who.credential,
      question: { ...question, holders: { ...question.holders, asked } },
      agreements: relied.map(({ hash }) => hash),
      catalogue: hash,
      lookups: Object.fromEntries(used.map((name) => [name, catalogue.lookups[name] ?? ''])),
      realm: 'test' as const,
      iss: who.sub,
      aud: BROKER,
      jti: jti ?? crypto.randomUUID(),
      iat: seconds(),
      exp: seconds() + span,
    };
    return signQuery(change === undefined ? envelope : change(envelope));
  };
  const publishAll = async (): Promise<void> => {
    const [source] = options.datasets;
    if (source === undefined) return;
    const signer = member(source.holder).signer;
    const documents = await Promise.all(options.documents.map((document) => signDocument(document, signer)));
    await asHolder(source.holder).publishDocuments(documents);
    for (const dataset of options.datasets) {
      const description = await signDocument(dataset, member(dataset.holder).signer);
      const agreement = agreements.get(dataset.id);
      await asHolder(dataset.holder).publish(description, agreement === undefined ? [] : [agreement.jws]);
    }
  };
  return { asHolder, asHolderAt, asPerson, fetchAs, person, sign, publishAll };
}

function tokenOf(login: LogIn): () => Promise<string> {
  let kept: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    if (kept === undefined || Date.now() - kept.at > TOKEN_MS) kept = { token: logIn(login), at: Date.now() };
    return kept.token;
  };
}
