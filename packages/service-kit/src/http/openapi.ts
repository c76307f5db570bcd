/** The description of the interface, made from the schemas that check it: /openapi.json and a page at /docs. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { problemResponse } from './problems.ts';
import { withSpokenSchemas } from './spoken-schemas.ts';

export interface InterfaceDescription {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly securitySchemes?: SecuritySchemes;
}

/** By the name that a route's `security` calls: `security: [{ bearer: [] }]`. */
export type SecuritySchemes = Readonly<Record<string, TokenScheme>>;

/** OpenAPI's HTTP authentication by a token: for whoever has it, or bound to a key (RFC 9449). */
export interface TokenScheme {
  readonly type: 'http';
  readonly scheme: 'bearer' | 'dpop';
  readonly bearerFormat?: string;
  readonly description?: string;
}

/** The page brings its own scripts and styles and talks to nobody else. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must be called before the first route is added. */
export async function describeInterface(
  app: FastifyInstance,
  { securitySchemes, ...info }: InterfaceDescription,
): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide === true) return;
    route.schema = { ...route.schema, response: withProblems(route.schema.response) };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info,
      ...(securitySchemes === undefined ? {} : { components: { securitySchemes: { ...securitySchemes } } }),
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withSpokenSchemas(jsonSchemaTransformObject(document)),
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    theme: { title: info.title },
    // No validator: it would send our description to a server on the internet.
    uiConfig: { url: '/openapi.json', validatorUrl: null, deepLinking: true, persistAuthorization: false },
  });
}

const withProblems = (response: unknown): object => ({
  '4xx': problemResponse,
  '5xx': problemResponse,
  ...(typeof response === 'object' ? response : {}),
});
