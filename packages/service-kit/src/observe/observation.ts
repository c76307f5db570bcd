/** What a service tells about its work to whoever runs it: metrics where somebody may look, traces where somebody collects. */
import type { Logger } from '../logging.ts';
import { serveMetrics } from './http-metrics.ts';
import { type Metrics, noMetrics } from './metrics.ts';
import { noTracing, type Tracing } from './tracing.ts';

export interface Observation {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Nobody looks. */
export const unobserved: Observation = { metrics: noMetrics, tracing: noTracing };

export interface ObservationOptions {
  /** `revier-broker`; several of a kind may be given names of their own. */
  readonly service: string;
  /** With a port they get a door of their own on the loopback; else the service shows them at one that it has. */
  readonly metrics: boolean | { readonly port: number };
  /** Address of an OTLP/HTTP collector; without it there are no traces. */
  readonly tracesTo?: string | undefined;
  readonly logger: Logger;
}

export interface OpenedObservation extends Observation {
  /** After the service has ended: closes the door, sends the last spans. */
  close(): Promise<void>;
}

/** Loads what is switched on, and nothing else. */
export async function openObservation(options: ObservationOptions): Promise<OpenedObservation> {
  const { service, tracesTo, logger } = options;
  const metrics = options.metrics ? (await import('./prometheus.ts')).prometheusMetrics() : noMetrics;
  const door = typeof options.metrics === 'object' ? await serveMetrics(metrics, { ...options.metrics, logger }) : null;
  const traces = tracesTo === undefined ? null : await tracingTo(tracesTo, service, logger);
  return {
    metrics,
    tracing: traces ?? noTracing,
    async close() {
      await door?.close();
      await traces?.close();
    },
  };
}

async function tracingTo(endpoint: string, service: string, logger: Logger) {
  const onError = (err: unknown): void => logger.warn({ err }, 'spans were lost');
  return (await import('./otlp.ts')).otlpTracing({ service, endpoint, onError });
}
