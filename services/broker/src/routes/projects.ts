/** What everybody may know of the projects: as JSON, and as a page. */
import { contentHash } from '@revier/core';
import { ProjectList } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { PAGE_POLICY, projectsPage } from '../projects/projects-page.ts';
import { projectsOf } from '../projects/read-projects.ts';
import { BRIEFLY, isKept } from './caching.ts';
import { notModified, rawReply } from './replies.ts';

const tags = ['published'];
const Language = z.looseObject({ lang: z.enum(['de', 'en']).default('de') });

export function projectRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/projects',
    {
      schema: {
        tags,
        summary: 'The public register of projects, made of the log of the broker',
        response: { 200: ProjectList, 304: notModified },
      },
    },
    async (request, reply) => {
      const list = await projectsOf(broker());
      return isKept(request, reply, contentHash(list), BRIEFLY) ? reply.code(304).send(null) : list;
    },
  );
  app.get(
    '/projects',
    {
      schema: {
        tags,
        summary: 'The same as a page, in German or English',
        querystring: Language,
        response: { 200: rawReply('text/html', 'A page without scripts', z.string()), 304: notModified },
      },
    },
    async (request, reply) => {
      const { trust } = broker();
      const list = await projectsOf(broker());
      const page = projectsPage(list, request.query.lang, (id) => trust.participant(id)?.name ?? id);
      reply.headers({ 'content-security-policy': PAGE_POLICY, 'content-language': request.query.lang });
      if (isKept(request, reply, contentHash(page), BRIEFLY)) return reply.code(304).send(null);
      return reply.type('text/html; charset=utf-8').send(page);
    },
  );
}
