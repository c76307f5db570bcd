/** What a scripted broker says to a dry run: the assessments of all holders, each in a receipt that somebody has signed. */
import { randomUUID } from 'node:crypto';
import type { VerifiedQuery } from '@revier/connector-sdk';
import { type PlanTask, planQuestion } from '@revier/core';
import { type Assessment, DryRunResult, type HolderAssessment, type Receipt } from '@revier/schema';
import type { Script } from './scripted-broker.case.ts';
import { BROKER, of, type SmallRealm } from './small-realm.case.ts';

export async function dryRunOf(realm: SmallRealm, query: VerifiedQuery, script: Script): Promise<DryRunResult> {
  const { question } = query.envelope;
  const plan = planQuestion(question, realm.vocabulary);
  const holders = await Promise.all(plan.tasks.map((task) => assessed(realm, query, task, script)));
  const honest = DryRunResult.parse({
    dryRun: true,
    queryId: randomUUID(),
    submissionId: query.submissionId,
    questionHash: plan.questionHash,
    realm: 'test',
    register: question.register,
    catalogue: plan.catalogue,
    state: 'complete',
    holders,
    asked: new Date().toISOString(),
  });
  return script.tamperDryRun(honest);
}

async function assessed(
  realm: SmallRealm,
  { submissionId }: VerifiedQuery,
  { holder, dataset, tableHash }: PlanTask,
  script: Script,
): Promise<HolderAssessment> {
  const refusing = script.refusing.includes(holder);
  const assessment: Assessment = {
    wouldAnswer: !refusing,
    reasons: refusing ? [{ code: 'BUDGET', pointer: '/permission/0/constraint/2', hint: 'Used up.' }] : [],
    ...{ agreement: null, table: tableHash, mode: dataset.mode },
    minCellSize: refusing || dataset.mode === 'O' ? null : 10,
    ...{ grain: [{ variable: 'area', level: 'city' }], cells: 4, left: { cells: 3000, queries: 7 } },
    withheldPercent: dataset.mode === 'O' ? 0 : 25,
  };
  const receipt: Receipt = {
    ...{ taskId: randomUUID(), submissionId, iss: holder, aud: BROKER, realm: 'test', attempt: 1 },
    iat: Math.floor(Date.now() / 1000),
    ...{ decision: 'assessed', assessment },
  };
  const { signer } = of(realm.actors, script.signerOf(holder));
  const signed = await signer.sign('revier-receipt+jws', receipt);
  const base = { holder, name: dataset.holderName, dataset: dataset.id };
  return { ...base, status: 'assessed', assessment, reasons: [], receipt: signed };
}
