/** A collector of traces for tests: OTLP over HTTP in JSON on the loopback, as OpenTelemetry's own takes it. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { closed, listening } from './listening.ts';

const Attributes = z
  .array(z.object({ key: z.string(), value: z.object({ stringValue: z.string() }) }))
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue])));

const ERROR = 2;

const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().default(''),
              name: z.string(),
              attributes: Attributes,
              status: z.object({ code: z.int() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the uppermost. */
  readonly parentSpanId: string;
  readonly failed: boolean;
  readonly outcome: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

export interface TestCollector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Everything that was sent, to the byte. */
  raw(): string;
  close(): Promise<void>;
}

/** Answers 400 to what it does not understand: a span with an attribute that is no string, say. */
export async function startCollector(): Promise<TestCollector> {
  const [spans, bodies]: [CollectedSpan[], string[]] = [[], []];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    const known = request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
    const traces = known ? Traces.safeParse(JSON.parse(body)) : undefined;
    if (traces?.success) spans.push(...spansOf(traces.data));
    response.writeHead(traces?.success ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    raw: () => bodies.join('\n'),
    close: () => closed(server),
  };
}

const spansOf = ({ resourceSpans }: z.infer<typeof Traces>): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ status, ...span }) => ({
        ...span,
        service: resource.attributes['service.name'] ?? '',
        failed: status.code === ERROR,
        outcome: span.attributes['revier.outcome'],
        resource: resource.attributes,
      })),
    ),
  );
