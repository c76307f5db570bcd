/** What a service tells about its work to whoever runs it: metrics where somebody may look, traces where somebody collects. */
import type { Logger } from '../logging.ts';
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
  readonly metrics: boolean;
  /** Address of an OTLP/HTTP collector; without it there are no traces. */
  readonly tracesTo?: string | undefined;
  readonly logger: Logger;
}

export interface OpenedObservation extends Observation {
  /** After the service has ended: sends the last spans. */
  close(): Promise<void>;
}

/** Loads what is switched on, and nothing else. */
export async function openObservation(options: ObservationOptions): Promise<OpenedObservation> {
  const { service, tracesTo, logger } = options;
  const metrics = options.metrics ? (await import('./prometheus.ts')).prometheusMetrics() : noMetrics;
  if (tracesTo === undefined) return { metrics, tracing: noTracing, close: async () => undefined };
  const onError = (err: unknown): void => logger.warn({ err }, 'spans were lost');
  const tracing = (await import('./otlp.ts')).otlpTracing({ service, endpoint: tracesTo, onError });
  return { metrics, tracing, close: () => tracing.close() };
}
