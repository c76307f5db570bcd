/** How the provider is set up: one public client, code with PKCE, tokens bound to a key, nothing else. */
import { type ClientMetadata, type Configuration, interactionPolicy } from 'oidc-provider';
import type { ProviderKeys } from './keys.ts';
import { memory } from './memory.ts';
import type { DemoUser } from './users.ts';

/** The command line program. */
export const DEMO_CLIENT = 'revier-cli';

/** Stands in the metadata of every demo provider: no broker of the realm production believes one that has it. */
export const DEMO_MARK = 'revier_demo_provider';

/** Seconds. */
const ACCESS = 300;
const LOGGED_IN = 12 * 3600;
/** Soon over, so that the next log-in can choose somebody else. */
const SESSION = 60;

const client: ClientMetadata = {
  client_id: DEMO_CLIENT,
  client_name: 'revier',
  // A native program: any port of the loopback (RFC 8252, section 7.3).
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

export interface Setting {
  /** The broker's name in `aud`. */
  readonly audience: string;
  readonly users: readonly DemoUser[];
  readonly keys: ProviderKeys;
  /** Whether tokens may be plain bearer tokens when the client shows no key; for demonstrations with curl. */
  readonly plainBearer: boolean;
}

export function configurationOf({ audience, users, keys, plainBearer }: Setting): Configuration {
  const userOf = (id: string | undefined) => users.find((user) => user.id === id);
  return {
    adapter: memory(),
    clients: [{ ...client, dpop_bound_access_tokens: !plainBearer }],
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookies] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    discovery: { [DEMO_MARK]: true },
    scopes: ['openid', 'offline_access'],
    ttl: {
      AccessToken: ACCESS,
      IdToken: ACCESS,
      AuthorizationCode: 60,
      RefreshToken: LOGGED_IN,
      Session: SESSION,
      Grant: LOGGED_IN,
      Interaction: 600,
    },
    findAccount: async (_ctx, id) => {
      const user = userOf(id);
      return user && { accountId: user.id, claims: async () => ({ sub: user.id, name: user.name }) };
    },
    extraTokenClaims: async (_ctx, token) => {
      const user = userOf('accountId' in token ? token.accountId : undefined);
      return (
        user && {
          roles: [...user.roles],
          ...(user.organisation === undefined ? {} : { organisation: user.organisation }),
        }
      );
    },
    issueRefreshToken: async () => true,
    expiresWithSession: async () => false,
    // The person has chosen who to be: there is nothing more to consent to.
    loadExistingGrant: async (ctx) => {
      const { session, client: asking, provider, params } = ctx.oidc;
      if (session?.accountId === undefined || asking === undefined) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: asking.clientId });
      grant.addOIDCScope(String(params?.scope ?? 'openid'));
      await grant.save();
      return grant;
    },
    interactions: { policy: choiceOnly(), url: (_ctx, { uid }) => `/choose/${uid}` },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, asking, token) => token.clientId === asking.clientId },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => audience,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({
          scope: '',
          audience,
          accessTokenTTL: ACCESS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

function choiceOnly(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}
