/** Metrics of and over HTTP: how long requests took, and where Prometheus comes to look. */
import type { FastifyInstance } from 'fastify';
import { closeGracefully, listen } from '../http/closing.ts';
import { type Answer, createHttp } from '../http/create-http.ts';
import { forLoopbackOnly } from '../http/loopback.ts';
import type { Logger } from '../logging.ts';
import type { Metrics } from './metrics.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const statuses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** Routes by their templates, never by the address that was asked for. */
export function httpTimes(metrics: Metrics): (answer: Answer) => void {
  const times = metrics.timer({
    name: 'revier_http_request_seconds',
    help: 'Time from a request to the end of its answer; long polls wait on purpose.',
    labels: { method: [...methods, 'other'], route: 'templates', status: statuses },
  });
  return ({ method, route, status, milliseconds }) =>
    times.record(milliseconds / 1000, {
      method: methods.find((one) => one === method) ?? 'other',
      route,
      status: statuses[Math.floor(status / 100) - 1] ?? '5xx',
    });
}

/** Nothing where metrics are off. */
export function addMetricsRoute(app: FastifyInstance, { text: read }: Metrics): void {
  if (read === null) return;
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { contentType, text } = await read();
    return reply.type(contentType).send(text);
  });
}

/** A door of their own for services whose interface is public; only this machine can reach it. */
export async function serveMetrics(
  metrics: Metrics,
  { port, logger }: { readonly port: number; readonly logger: Logger },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = await createHttp({ name: 'Revier metrics', logger });
  forLoopbackOnly(app);
  addMetricsRoute(app, metrics);
  const url = await listen(app, { host: '127.0.0.1', port });
  return { url, close: () => closeGracefully(app) };
}
