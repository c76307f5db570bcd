/** The loopback port's view of agreements at work, and the ways to suspend, resume, revoke and complete one. */
import { AgreementList, LongAgreementView, ProcessingRecord, Sha256, StatusDone, StatusRequest } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { z } from 'zod';
import type { AuditDeps } from './audit.ts';

const ByHash = z.strictObject({ hash: Sha256 });

export interface AgreementRoutes {
  readonly admit: AuditDeps['admit'];
  agreements(): Promise<AgreementList['agreements']>;
  agreement(hash: Sha256): Promise<LongAgreementView>;
  processingRecord(): Promise<ProcessingRecord>;
  state(hash: Sha256, request: StatusRequest): Promise<StatusDone>;
}

export function addAgreementRoutes(app: HttpApp, deps: AgreementRoutes): void {
  app.get(
    '/v1/agreements',
    {
      schema: {
        summary: 'Every agreement: how it stands, what is left of its limits, what is owed',
        response: { 200: AgreementList },
      },
    },
    async () => ({ agreements: await deps.agreements() }),
  );
  app.get(
    '/v1/agreements/:hash',
    {
      schema: {
        summary: 'One agreement whole, with every statement about it',
        params: ByHash,
        response: { 200: LongAgreementView },
      },
    },
    async ({ params }) => deps.agreement(params.hash),
  );
  app.post(
    '/v1/agreements/:hash/status',
    {
      schema: {
        summary: 'Suspend, revoke or complete by one enrolled person, at once; resume by a statement of two',
        params: ByHash,
        body: StatusRequest,
        response: { 200: StatusDone },
      },
    },
    async ({ headers, params, body }) => {
      await deps.admit(headers.authorization);
      return deps.state(params.hash, body);
    },
  );
  addRecordRoute(app, deps);
}

function addRecordRoute(app: HttpApp, deps: AgreementRoutes): void {
  app.get(
    '/v1/processing-record',
    {
      schema: {
        summary: 'The record of processing activities (GDPR Art. 30); with a token signed by the key of the node',
        response: { 200: ProcessingRecord },
      },
    },
    async ({ headers }) => {
      await deps.admit(headers.authorization);
      return deps.processingRecord();
    },
  );
}
