/** A18: status, size and headers of answers and refusals whose data differ: every cause of withholding, and every refusal, has one face. */
import { canonicalText, unverified } from '@revier/core';
import { type QuestionInput, ReleaseHeader } from '@revier/schema';
import type { Attack, Stage } from '../attack.ts';
import { counts, type LatticeTable, lattice } from '../federation/lattice.ts';
import { EARLY, holderOf, K, LATE, suppressing } from '../federation/people.ts';
import { isLopsided } from '../federation/spec.ts';
import { asked, type Figures } from '../federation/tables.ts';
import { postQuestion } from './post.ts';

const names: readonly LatticeTable[] = ['cities', 'crossed', 'padded'];

export const oneFace: Attack = {
  id: 'A18',
  title: 'one face of whatever is withheld or refused',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { tables } = stage;
    const seen = await Promise.all(names.map((name) => tables.table(name)));
    const causes = await causesIn(stage);
    const withheld = new Set([...causes.values()].flatMap((faces) => [...faces]));
    const most = Math.max(...seen.map(({ answer }) => sizesOf(answer).size));
    const refusals = await refusalFaces(stage);
    const worst = Math.max(...[...refusals.values()].map(({ size }) => size));
    return {
      figure: `${withheld.size} face of ${causes.size} causes withheld, ${most} body size a method, ${worst} face of ${refusals.size} sorts of refusals`,
      criterion: '1 face, 1 size, 1 face a sort',
      passed: withheld.size === 1 && causes.size === CAUSES && most === 1 && worst === 1,
      detail: `${[...causes.keys()].join(', ')}; bodies of equally large tables, compared within a method; refusals over districts with a man, with six, with none`,
    };
  },
};

const CAUSES = 6;

/** The faces of cells that are withheld, by why they are: told from the data, which the attacker has not. */
async function causesIn({ federation, tables }: Stage): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const crossed = await tables.table('crossed');
  const { kinds, byHolder } = federation.people;
  const causes = new Map<string, Set<string>>();
  const add = (cause: string, face: unknown) =>
    causes.set(cause, (causes.get(cause) ?? new Set()).add(canonicalText(face)));
  for (const [area, kind] of kinds)
    for (const sex of ['F', 'M'])
      for (const uicc of [EARLY, LATE]) {
        const cell = crossed.cell({ area, sex, uicc });
        const own = byHolder.get(holderOf(area))?.filter((one) => one.area === area && one.sex === sex) ?? [];
        const truth = own.filter(({ stage }) => stage === uicc).length;
        if ('value' in cell) continue;
        if (truth === 0) add('nobody', cell);
        else if (truth < K) add('fewer than ten', cell);
        else if (holderOf(area) === suppressing) add('what would tell others', cell);
        else add(kind === 'full' ? 'nearly a whole group' : 'near another figure', cell);
      }
  for (const area of [...kinds.keys()].filter(isLopsided)) {
    const cell = (await tables.rate(holderOf(area))).cell({ area }, 'rate');
    if (!('value' in cell)) add('a rate that one stratum outweighs', cell);
  }
  return causes;
}

const sizesOf = (answer: Figures['answer']): ReadonlySet<string> =>
  new Set(
    answer.holders.flatMap(({ release, mode }) => (release === undefined || mode !== 'L' ? [] : [`${fitOf(release)}`])),
  );

/** A man who is the target; six men; none. */
const AREAS = ['A-01', 'A-41', 'A-42'] as const;

/** By the sort of question, how its refusals look over districts whose data differ. */
async function refusalFaces({ federation }: Stage): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const faces = new Map<string, Set<string>>();
  for (const area of AREAS) {
    const where = [{ variable: 'area', in: [area] }];
    const unknown = {
      ...lattice.cities,
      aggregates: { a: { model: 'cancer-case/1', quantile: 'age', where } },
    };
    const { status, text, headers } = await postQuestion(federation, unknown);
    const face = [status, nameless(text), [...headers].filter(([name]) => !CHANGING.has(name))];
    faces.set('no such measure', (faces.get('no such measure') ?? new Set()).add(JSON.stringify(face)));
    for (const [sort, question] of Object.entries(beyondAgreement(area)))
      faces.set(sort, (faces.get(sort) ?? new Set()).add(await refusedFace(federation, question)));
  }
  return faces;
}

const beyondAgreement = (area: string): Readonly<Record<string, QuestionInput>> => ({
  'a filter': counts(
    {
      cases: [
        { variable: 'area', in: [area] },
        { variable: 'sex', in: ['M'] },
      ],
    },
    [],
  ),
  'another table': counts({ cases: [{ variable: 'area', in: [area] }] }, [{ variable: 'uicc', level: 'stage' }]),
});

/** Of what the holder concerned has said, all but names and signatures; the length of those is that of what is signed. */
async function refusedFace({ mallory }: Stage['federation'], question: QuestionInput): Promise<string> {
  const answer = await asked(mallory, { ...question, holders: { asked: ['did:web:alpha.example'] } });
  return canonicalText({
    holders: answer.holders.map(({ status, reasons, receipt = '' }) => ({ status, reasons, bytes: receipt.length })),
    cells: answer.cells.map(({ measures }) => measures),
  });
}

const CHANGING = new Set(['date', 'x-request-id', 'traceparent', 'traceresponse']);

/** Bytes of the body. */
const fitOf = (release: string): number => ReleaseHeader.parse(unverified(release)).bytes;

const nameless = (text: string): string =>
  JSON.stringify({ ...JSON.parse(text), instance: null, traceId: null, requestId: null });
