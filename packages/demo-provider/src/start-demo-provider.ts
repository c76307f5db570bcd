/** The demo provider from its options to an address, and back; it refuses to be anything but a demonstration. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError, type Realm } from '@revier/schema';
import { Provider } from 'oidc-provider';
import { choicePage, faultPage, PAGE_HEADERS } from './pages.ts';
import { configurationOf, type Setting } from './settings.ts';

export interface DemoProviderOptions extends Omit<Setting, 'plainBearer'> {
  readonly realm: Realm;
  readonly host?: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly plainBearer?: boolean;
}

export interface DemoProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** @throws AppError INVALID_REQUEST in the realm production or on any address but the loopback */
export async function startDemoProvider(options: DemoProviderOptions): Promise<DemoProvider> {
  const { realm, host = LOOPBACK, port, users } = options;
  if (realm !== 'test')
    throw new AppError('INVALID_REQUEST', { detail: 'The demo log-in runs in the realm test only.' });
  if (host !== LOOPBACK)
    throw new AppError('INVALID_REQUEST', { detail: 'The demo log-in listens on the loopback only.' });
  const server = createServer();
  const issuer = `http://${LOOPBACK}:${await listening(server, port)}`;
  const provider = new Provider(issuer, configurationOf({ ...options, plainBearer: options.plainBearer ?? false }));
  const serve = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A name of somebody else's that leads here (DNS rebinding) is not us.
    if (request.headers.host !== new URL(issuer).host)
      return tell(response, 421, 'This is not the place that you asked for.');
    if (request.url?.startsWith('/choose/') !== true) return void serve(request, response);
    choose(provider, users, request, response).catch(() => tell(response, 400, 'This log-in is over. Start it again.'));
  });
  return { issuer, close: () => closed(server) };
}

/** Shows the list, or takes the choice. */
async function choose(
  provider: Provider,
  users: Setting['users'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, PAGE_HEADERS).end(choicePage(users, `/choose/${uid}`));
    return;
  }
  const chosen = new URLSearchParams(await bodyOf(request)).get('user');
  const user = users.find(({ id }) => id === chosen);
  if (request.method !== 'POST' || user === undefined) return tell(response, 400, 'Choose somebody from the list.');
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: user.id } },
    { mergeWithLastSubmission: false },
  );
}

const tell = (response: ServerResponse, status: number, text: string): void => {
  if (!response.headersSent) response.writeHead(status, PAGE_HEADERS).end(faultPage(text));
};

const LONGEST_BODY = 4096;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LONGEST_BODY) throw new AppError('BODY_TOO_LARGE');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listening(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(port, LOOPBACK, () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : port);
  });
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
