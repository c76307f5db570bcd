/** The frame of every HTTP interface: problems, headers, description, health, closing. */
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { AppError, Problem } from '@revier/schema';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logging.ts';
import { closeGracefully, listen, requestEnd } from './closing.ts';
import { type Answer, createHttp, type HttpApp, type HttpOptions } from './create-http.ts';

const Question = z.strictObject({ title: z.string().min(1), 'a/b': z.int().optional() }).meta({ id: 'TestQuestion' });
const open: HttpApp[] = [];
let lines: string[] = [];

afterEach(async () => {
  lines = [];
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function service(options: Partial<HttpOptions> = {}): Promise<HttpApp> {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ name: 'test', level: 'info', destination });
  const app = await createHttp({ name: 'Test interface', logger, ...options });
  open.push(app);
  app.post('/v1/questions', { schema: { body: Question, response: { 200: Question } } }, (request) => request.body);
  app.get(
    '/v1/questions/:id',
    { schema: { params: z.object({ id: z.uuid() }), querystring: z.strictObject({ limit: z.coerce.number().int() }) } },
    (request) => ({ limit: request.query.limit }),
  );
  app.put('/v1/questions/:id', () => 'stored');
  app.get('/broken', () => {
    throw new Error('select * from persons where name = "Erika Mustermann"');
  });
  app.get('/forbidden', () => {
    throw new AppError('FORBIDDEN', { detail: 'The register is not yours.' });
  });
  app.get('/lying', { schema: { response: { 200: Question } } }, (_request, reply) => {
    // An answer that does not fit its own schema must not leave.
    reply.serializer((value) => JSON.stringify(value));
    return { title: 'x' };
  });
  return app;
}

const postJson = (app: HttpApp, payload: string | Buffer, type = 'application/json') =>
  app.inject({ method: 'POST', url: '/v1/questions', headers: { 'content-type': type }, payload });

describe('problems', () => {
  it('turns every fault of a body into a JSON pointer', async () => {
    const response = await postJson(await service(), '{"title":"","a/b":"x","more":1}');
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    const problem = Problem.parse(response.json());
    expect(problem.code).toBe('INVALID_REQUEST');
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['', '/a~1b', '/title']);
    expect(problem.requestId).toBe(response.headers['x-request-id']);
  });

  it('names the part of the request for what is not in the body', async () => {
    const app = await service();
    const url = '/v1/questions/not-a-uuid?limit=many';
    expect(Problem.parse((await app.inject(url)).json()).errors?.[0]?.pointer).toBe('/path/id');
    const fine = '/v1/questions/7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d';
    expect(Problem.parse((await app.inject(`${fine}?limit=many`)).json()).errors?.[0]?.pointer).toBe('/query/limit');
    expect((await app.inject(`${fine}?limit=3`)).json()).toEqual({ limit: 3 });
  });

  it.each([
    ['no JSON at all', '{"title":'],
    ['a duplicate key', '{"title":"a","title":"b"}'],
    ['a key that reaches the prototype', '{"title":"a","__proto__":{"admin":true}}'],
    ['the same key, escaped', '{"title":"a","\\u005f_proto__":{"admin":true}}'],
    ['a comment', '{"title":"a" /* hidden */}'],
    ['a trailing comma', '{"title":"a",}'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', '\ufeff{"title":"a"}'],
    ['an empty body', ''],
    ['a very deep body', '['.repeat(100_000)],
  ])('refuses %s as MALFORMED_JSON', async (_name, body) => {
    const response = await postJson(await service(), body);
    expect([response.statusCode, response.json().code]).toEqual([400, 'MALFORMED_JSON']);
    expect(response.body).not.toContain('admin');
  });

  it('accepts JSON media types with a suffix or parameters, and nothing else', async () => {
    const app = await service();
    for (const type of ['application/json; charset=utf-8', 'application/ld+json']) {
      expect((await postJson(app, '{"title":"a"}', type)).json()).toEqual({ title: 'a' });
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'nonsense']) {
      expect((await postJson(app, '{"title":"a"}', type)).json().code).toBe('UNSUPPORTED_MEDIA_TYPE');
    }
  });

  it('refuses a body beyond the limit', async () => {
    const response = await postJson(await service({ bodyLimit: 50 }), JSON.stringify({ title: 'x'.repeat(100) }));
    expect([response.statusCode, response.json().code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('refuses headers beyond the limit, and what is no HTTP, as problems too', async () => {
    const app = await service();
    const url = new URL(await listen(app, { host: '127.0.0.1', port: 0 }));
    const long = await fetch(`${url}v1/questions/1`, { headers: { authorization: `Bearer ${'x'.repeat(20_000)}` } });
    expect([long.status, long.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
    expect(Problem.parse(await long.json()).code).toBe('HEADERS_TOO_LARGE');
    const reply = await new Promise<string>((resolve) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => socket.write('SPEAK friend\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('end', () => resolve(text));
    });
    expect(reply).toMatch(/^HTTP\/1\.1 400 .*"code":"INVALID_REQUEST"/s);
  });

  it('says when to come again', async () => {
    const app = await service();
    app.get('/busy', () => {
      throw new AppError('BROKER_BUSY', { retryAfter: 2.5 });
    });
    const reply = await app.inject('/busy');
    expect([reply.statusCode, reply.headers['retry-after'], reply.json().retryAfter]).toEqual([503, '3', undefined]);
  });

  it('answers 404 for an unknown address and 405 with Allow for an unknown method', async () => {
    const app = await service();
    expect((await app.inject('/nowhere')).json().code).toBe('NOT_FOUND');
    const response = await app.inject({ method: 'DELETE', url: '/v1/questions/42?x=1' });
    expect([response.statusCode, response.json().code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(response.headers.allow).toBe('GET, HEAD, PUT');
  });

  it('answers an address that cannot be decoded as a problem', async () => {
    const response = await (await service()).inject('/v1/questions/%zz');
    expect([response.statusCode, response.json().code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('passes an expected failure on with its detail', async () => {
    const response = await (await service()).inject('/forbidden');
    expect([response.statusCode, response.json().detail]).toEqual([403, 'The register is not yours.']);
  });

  it('keeps the words of an unexpected failure out of the answer and out of the log', async () => {
    const response = await (await service()).inject('/broken');
    expect(response.statusCode).toBe(500);
    expect(Object.keys(response.json()).sort()).toEqual(['code', 'hint', 'requestId', 'status', 'title', 'type']);
    const log = lines.join('');
    expect(log).toContain(response.json().requestId);
    expect(log).toContain('create-http.test.ts');
    expect(`${log}${response.body}`).not.toMatch(/Mustermann|select|persons|\/packages\//);
  });
});

describe('headers', () => {
  it('protects every answer, errors included', async () => {
    const app = await service();
    for (const url of ['/health/live', '/nowhere', '/broken', '/v1/questions/%zz']) {
      const { headers } = await app.inject(url);
      expect(headers, url).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['x-request-id'], url).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('gives the request an id of its own, whatever the client sends', async () => {
    const { headers } = await (await service()).inject({ url: '/health/live', headers: { 'x-request-id': 'evil' } });
    expect(headers['x-request-id']).not.toBe('evil');
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 made from the schemas, with the problems of each operation', async () => {
    const document = (await (await service()).inject('/openapi.json')).json();
    expect(document.openapi).toMatch(/^3\.1/);
    expect(document.info.title).toBe('Test interface');
    expect(Object.keys(document.paths)).not.toContain('/health/live');
    const { requestBody, responses } = document.paths['/v1/questions'].post;
    expect(requestBody.content['application/json'].schema.$ref).toMatch(/TestQuestion/);
    expect(Object.keys(responses).sort()).toEqual(['200', '4XX', '5XX']);
    expect(responses['4XX'].content['application/problem+json'].schema.$ref).toMatch(/Problem/);
  });

  it('says how a route wants to be told who calls', async () => {
    const bearer = { type: 'http', scheme: 'bearer' } as const;
    const app = await service({ securitySchemes: { bearer } });
    app.get('/v1/mine', { schema: { security: [{ bearer: [] }] } }, async () => ({}));
    const document = (await app.inject('/openapi.json')).json();
    expect(document.components.securitySchemes).toEqual({ bearer });
    expect(Object.keys(document.components.schemas).sort()).toEqual(['Problem', 'TestQuestion', 'TestQuestionInput']);
    expect(document.paths['/v1/mine'].get.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/v1/questions'].post.security).toBeUndefined();
  });

  it('has a page that needs nobody else', async () => {
    const app = await service();
    const page = await app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.body).not.toMatch(/https?:\/\//);
    const assets = [...page.body.matchAll(/(?:src|href)="\.(\/static\/[^"]+)"/g)].map(([, path]) => `/docs${path}`);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) expect((await app.inject(asset)).statusCode, asset).toBe(200);
  });
});

describe('health', () => {
  it('is live, and ready when all that it needs is there', async () => {
    const app = await service({ checks: { records: async () => 1 } });
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'live' });
    expect((await app.inject('/health/ready')).json()).toEqual({ status: 'ready' });
  });

  it('names what is missing, also when it throws at once or never answers', async () => {
    const app = await service({
      checks: {
        records: async () => 1,
        queue: () => Promise.reject(new Error('password of the database')),
        broker: () => new Promise(() => {}),
        trust: () => {
          throw new Error('at once');
        },
      },
    });
    const response = await app.inject('/health/ready');
    expect([response.statusCode, response.json().code]).toEqual([503, 'NOT_READY']);
    expect(response.json().detail).toBe('Not available: queue, broker, trust.');
  });
});

describe('listening and closing', () => {
  it('reports each answer by route, not by address', async () => {
    const answers: Answer[] = [];
    const app = await service({ onAnswer: (answer) => answers.push(answer) });
    await app.inject({ method: 'PUT', url: '/v1/questions/erika-mustermann' });
    expect(answers).toMatchObject([{ method: 'PUT', route: '/v1/questions/:id', status: 200 }]);
    expect(lines.join('')).not.toContain('erika');
  });

  it('ends long polls at once and refuses what comes later', async () => {
    const app = await service();
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    app.get('/wait', async (request) => {
      waits();
      const end = requestEnd(request);
      await new Promise<void>((resolve) => end.addEventListener('abort', () => resolve()));
      return { tasks: [] };
    });
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const poll = fetch(`${address}/wait`);
    await waiting;
    const started = performance.now();
    await closeGracefully(app);
    expect(await (await poll).json()).toEqual({ tasks: [] });
    expect(performance.now() - started).toBeLessThan(2_000);
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
  });

  it('ends a long poll whose client went away', async () => {
    const app = await service();
    const { promise: ended, resolve: ends } = Promise.withResolvers<void>();
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    app.get('/wait', async (request) => {
      const end = requestEnd(request);
      end.addEventListener('abort', () => ends());
      waits();
      await ended;
      return {};
    });
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const client = new AbortController();
    const poll = fetch(`${address}/wait`, { signal: client.signal }).catch(() => 'gone');
    await waiting;
    client.abort();
    await ended;
    expect(await poll).toBe('gone');
  });

  it('cuts a handler that does not end within the grace time', async () => {
    const app = await service();
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    const { promise: never, resolve: letGo } = Promise.withResolvers<void>();
    app.get('/stuck', async () => {
      waits();
      await never;
      return {};
    });
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const stuck = fetch(`${address}/stuck`).catch(() => 'cut');
    await waiting;
    await closeGracefully(app, 100);
    expect(await stuck).toBe('cut');
    letGo();
  });
});
