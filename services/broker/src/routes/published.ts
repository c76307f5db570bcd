/** What everybody may read: catalogue, documents, registers, trust list, purposes. */
import {
  AppError,
  CatalogueVersion,
  DocumentView,
  GeneralJws,
  PurposeList,
  purposes,
  RegisterList,
  Sha256,
} from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { registersOf } from '../use-cases/list-registers.ts';

const ByHash = z.strictObject({ hash: Sha256 });
/** What is named by its own hash never changes. */
const FOREVER = 'public, max-age=31536000, immutable';
const tags = ['published'];

export function publishedRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/catalogue',
    { schema: { tags, summary: 'The newest catalogue version', response: { 200: CatalogueVersion } } },
    async () => found(await broker().catalogues.latest()),
  );
  app.get(
    '/v1/catalogue/:hash',
    {
      schema: { tags, summary: 'A catalogue version by its hash', params: ByHash, response: { 200: CatalogueVersion } },
    },
    async ({ params }, reply) => {
      const version = found(await broker().catalogues.version(params.hash));
      reply.header('cache-control', FOREVER);
      return version;
    },
  );
  app.get(
    '/v1/documents/:hash',
    {
      schema: {
        tags,
        summary: 'A signed document by the hash of its content',
        params: ByHash,
        response: { 200: DocumentView },
      },
    },
    async ({ params }, reply) => {
      const document = found(await broker().catalogues.document(params.hash));
      reply.header('cache-control', FOREVER);
      return { document };
    },
  );
  app.get(
    '/v1/registers',
    { schema: { tags, summary: 'Virtual registers with their agreements', response: { 200: RegisterList } } },
    async () => ({ registers: registersOf(await broker().catalogues.agreements()) }),
  );
  app.get(
    '/v1/trust-list',
    { schema: { tags, summary: 'The signed trust list', response: { 200: GeneralJws } } },
    async () => broker().trustList,
  );
  app.get(
    '/v1/purposes',
    { schema: { tags, summary: 'The pinned purpose tree', response: { 200: PurposeList } } },
    async () => ({ purposes: [...purposes] }),
  );
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new AppError('NOT_FOUND');
  return thing;
}
