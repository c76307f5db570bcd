/** Traces by OpenTelemetry over OTLP/HTTP; loaded only where somebody has named a collector. */
import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  RandomIdGenerator,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { headIdOf, traceIdOf } from './trace-ids.ts';
import type { Span, Tracing, Trail } from './tracing.ts';

export interface OtlpOptions {
  readonly service: string;
  /** The collector's address, `http://127.0.0.1:4318`: spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Hears when spans got lost; work goes on. */
  readonly onError: (error: unknown) => void;
}

export interface OtlpTracing extends Tracing {
  /** Sends what is left, as well as it can. */
  close(): Promise<void>;
}

/** For one export with its repetitions: a process that ends waits for the last one. */
const EXPORT_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 3_000;

export function otlpTracing({ service, endpoint, onError }: OtlpOptions): OtlpTracing {
  const ids = headIds();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_LIMIT_MS,
  });
  const provider = new TracerProvider({
    // Neither host nor process: what they are called is nobody's business.
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new AlwaysOnSampler(),
    idGenerator: ids.generator,
    spanProcessors: [new BatchSpanProcessor({ exporter: reporting(exporter, onError), scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('revier');
  return {
    record(span) {
      const { name, trail, head = false, start, end, failed, outcome } = span;
      const begin = () => tracer.startSpan(name, { startTime: start }, contextAbove(span));
      const begun = head && trail !== null ? ids.withHead(trail, begin) : begin();
      if (outcome !== undefined) begun.setAttribute('revier.outcome', outcome);
      // No exception is recorded: its words may quote data.
      if (failed) begun.setStatus({ code: SpanStatusCode.ERROR });
      begun.end(end);
    },
    async close() {
      const { promise: limit, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_LIMIT_MS);
      await Promise.race([provider.shutdown().catch(onError), limit]);
      clearTimeout(timer);
    },
  };
}

/** Below its task, else below its query; a query is below nothing. */
function contextAbove({ trail, head }: Span) {
  if (trail === null || (head && trail.task === undefined)) return ROOT_CONTEXT;
  const above: Trail = head ? { query: trail.query } : trail;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdOf(above),
    spanId: headIdOf(above),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** The tracer asks for ids while it starts a span, and at no other time: a head gets the ids that its children know. */
function headIds() {
  const random = new RandomIdGenerator();
  let head: Trail | null = null;
  return {
    generator: {
      generateTraceId: () => (head === null ? random.generateTraceId() : traceIdOf(head)),
      generateSpanId: () => (head === null ? random.generateSpanId() : headIdOf(head)),
    },
    withHead<T>(trail: Trail, begin: () => T): T {
      head = trail;
      try {
        return begin();
      } finally {
        head = null;
      }
    },
  };
}

const reporting = (exporter: OTLPTraceExporter, onError: OtlpOptions['onError']): SpanExporter => ({
  export: (spans, done) =>
    exporter.export(spans, (result) => {
      if (result.error !== undefined) onError(result.error);
      done(result);
    }),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush(),
});
