/** The test vectors of decision record 0001, made with published keys so that anybody can make them again. */
import { createSigner, keyIdOf, publicKeyOf, signCredential, signQuery, submissionIdOf } from '@revier/connector-sdk';
import {
  canonicalQuestion,
  canonicalText,
  cellIdOf,
  contentHash,
  type PlanTask,
  planQuestion,
  type Vocabulary,
} from '@revier/core';
import { Credential, Envelope, type QuestionInput, TOTAL } from '@revier/schema';
import { lateStageQuestion, smallVocabulary } from '@revier/testkit';

/** RFC 8037, appendix A.1. */
const researcherKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
} as const;
/** RFC 8032, section 7.1, test 2, as JWK. */
const universityKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
  x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
} as const;

const issued = 1_767_225_600;

const rehabQuestion: QuestionInput = {
  register: 'urn:revier:register:rehab-small',
  purpose: 'ehds:ImproveHealthcare',
  aggregates: {
    episodes: { model: 'rehab-episode/1', count: 'episodes', where: [{ variable: 'year', from: 2018, to: 2019 }] },
  },
  by: [{ variable: 'sex' }],
  margins: true,
};

/** The same question as its neighbour, written otherwise. */
const respelt: QuestionInput = {
  ...rehabQuestion,
  aggregates: {
    episodes: {
      model: 'rehab-episode/1',
      count: 'episodes',
      where: [{ variable: 'year', in: ['2019', '2018', '2019'] }],
    },
  },
};

function questionVector(title: string, input: QuestionInput, vocabulary: Vocabulary) {
  const canonical = canonicalQuestion(input);
  const { questionHash, tasks } = planQuestion(canonical, vocabulary);
  return {
    title,
    input,
    canonicalText: canonicalText(canonical),
    questionHash,
    tasks: tasks.map((task) => ({
      stage: task.stage,
      dataset: task.dataset.id,
      table: task.table,
      tableHash: task.tableHash,
      cells: cellVectors(task, vocabulary),
    })),
  };
}

/** The first cell and the total of each table's first measure. */
const cellVectors = (task: PlanTask, vocabulary: Vocabulary) =>
  [task.table.by.map(() => 0), task.table.by.map(() => TOTAL)].map((numbers) => ({
    numbers,
    cellId: cellIdOf(task, vocabulary, 0, numbers),
  }));

async function envelopeVector(vocabulary: Vocabulary) {
  const researcher = await createSigner(researcherKey);
  const university = await createSigner(universityKey);
  const credential = Credential.parse({
    iss: 'did:web:uni.example',
    sub: 'r17',
    key: publicKeyOf(researcherKey),
    roles: ['researcher'],
    registers: ['urn:revier:register:colorectal-small'],
    realm: 'test',
    iat: issued,
    exp: issued + 86_400,
  });
  const envelope = Envelope.parse({
    question: canonicalQuestion(lateStageQuestion),
    agreements: [contentHash('an agreement'), contentHash('another agreement')].sort(),
    catalogue: vocabulary.hash,
    lookups: { 'deprivation-2': vocabulary.catalogue.lookups['deprivation-2'] },
    realm: 'test',
    iss: 'r17',
    aud: 'did:web:broker.example',
    jti: '3b241101-e2bb-4255-8caf-4136c566a962',
    iat: issued,
    exp: issued + 120,
  });
  return {
    keys: {
      researcher: await keyIdOf(publicKeyOf(researcherKey)),
      university: await keyIdOf(publicKeyOf(universityKey)),
    },
    payloadText: canonicalText(envelope),
    signed: await signQuery({
      ...envelope,
      signer: researcher,
      credential: await signCredential(credential, university),
    }),
    submissionId: submissionIdOf(envelope, credential),
  };
}

export async function makeVectors() {
  const vocabulary = smallVocabulary();
  return {
    about: 'docs/decisions/0001; made by `pnpm gen`, keys of RFC 8037 A.1 and RFC 8032 7.1',
    catalogue: { canonicalText: canonicalText(vocabulary.catalogue), hash: vocabulary.hash },
    questions: [
      questionVector('a rate whose denominator travels', lateStageQuestion, vocabulary),
      questionVector('counts of two clinics with totals', rehabQuestion, vocabulary),
      questionVector('the same in another spelling', respelt, vocabulary),
    ],
    envelope: await envelopeVector(vocabulary),
  };
}
