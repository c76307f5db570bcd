/** What everybody may read: catalogue, documents, registers, trust list, purposes. */
import { contentHash, purposeSchemeHash } from '@revier/core';
import {
  AppError,
  CatalogueVersion,
  DocumentView,
  GeneralJws,
  PageQuery,
  PurposeList,
  purposes,
  RegisterId,
  RegisterList,
  RegisterView,
  Sha256,
} from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { listRegisters } from '../use-cases/list-registers.ts';
import { BRIEFLY, FOREVER, isKept } from './caching.ts';
import { linkNext, pageOf, placeOf } from './paging.ts';
import { notModified } from './replies.ts';

const ByHash = z.strictObject({ hash: Sha256 });
const ByRegister = z.strictObject({ register: RegisterId });
const AfterRegister = z.strictObject({ after: RegisterId });
const tags = ['published'];
const kept = <S extends z.ZodType>(schema: S) => ({ 200: schema, 304: notModified });

export function publishedRoutes(app: HttpApp, broker: () => Broker): void {
  catalogueRoutes(app, broker);
  listRoutes(app, broker);
}

function catalogueRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/catalogue',
    { schema: { tags, summary: 'The newest catalogue version', response: kept(CatalogueVersion) } },
    async (request, reply) => {
      const version = found(await broker().catalogues.latest());
      return isKept(request, reply, version.hash, BRIEFLY) ? reply.code(304).send(null) : version;
    },
  );
  app.get(
    '/v1/catalogue/:hash',
    {
      schema: { tags, summary: 'A catalogue version by its hash', params: ByHash, response: kept(CatalogueVersion) },
    },
    async (request, reply) => {
      const version = found(await broker().catalogues.version(request.params.hash));
      return isKept(request, reply, version.hash, FOREVER) ? reply.code(304).send(null) : version;
    },
  );
  app.get(
    '/v1/documents/:hash',
    {
      schema: {
        tags,
        summary: 'A signed document by the hash of its content',
        params: ByHash,
        response: kept(DocumentView),
      },
    },
    async (request, reply) => {
      const { hash } = request.params;
      const document = found(await broker().catalogues.document(hash));
      return isKept(request, reply, hash, FOREVER) ? reply.code(304).send(null) : { document };
    },
  );
}

function listRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/registers',
    {
      schema: {
        tags,
        summary: 'Virtual registers with their agreements, by id',
        querystring: PageQuery,
        response: kept(RegisterList),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const after = placeOf(cursor, AfterRegister)?.after ?? '';
      const all = await listRegisters(broker());
      const { items, next } = pageOf(
        all.filter(({ id }) => id > after),
        limit,
        ({ id }) => ({ after: id }),
      );
      const list = { registers: [...items], next };
      linkNext(request, reply, next, limit);
      return isKept(request, reply, contentHash(list), BRIEFLY) ? reply.code(304).send(null) : list;
    },
  );
  app.get(
    '/v1/registers/:register',
    {
      schema: { tags, summary: 'One virtual register', params: ByRegister, response: kept(RegisterView) },
    },
    async (request, reply) => {
      const register = found((await listRegisters(broker())).find(({ id }) => id === request.params.register));
      return isKept(request, reply, contentHash(register), BRIEFLY) ? reply.code(304).send(null) : register;
    },
  );
  app.get(
    '/v1/trust-list',
    { schema: { tags, summary: 'The signed trust list', response: kept(GeneralJws) } },
    async (request, reply) => {
      const trustList = broker().trust.signed;
      return isKept(request, reply, contentHash(trustList), BRIEFLY) ? reply.code(304).send(null) : trustList;
    },
  );
  app.get(
    '/v1/purposes',
    { schema: { tags, summary: 'The pinned purpose tree', response: kept(PurposeList) } },
    async (request, reply) =>
      isKept(request, reply, purposeSchemeHash, BRIEFLY) ? reply.code(304).send(null) : { purposes: [...purposes] },
  );
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new AppError('NOT_FOUND');
  return thing;
}
