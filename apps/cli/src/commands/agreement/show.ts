/** `revier agreement list` and `show`: agreements at work in sentences that people read, German or English. */
import { renderPolicy } from '@revier/core';
import { type AgreementView, LongAgreementView } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand } from '../../node/admin-port.ts';
import { plain } from '../../render/plain-text.ts';
import type { Lang } from '../../render/words.ts';
import { langOf } from '../../terminal.ts';
import { agreementNamed, agreementsAt } from './at-node.ts';

const words = {
  de: {
    none: 'Hier wurde noch keine Vereinbarung geschlossen.',
    version: 'Fassung',
    ends: 'endet',
    never: 'ohne Ende',
    cells: 'Zellen',
    questions: 'Fragen',
    within: 'in',
    left: 'übrig',
    spent: 'verbraucht',
    duty: 'Pflicht',
    due: 'fällig',
    status: {
      ACTIVE: 'in Kraft',
      SUSPENDED: 'ausgesetzt',
      SUPERSEDED: 'ersetzt',
      EXPIRED: 'abgelaufen',
      REVOKED: 'widerrufen',
      COMPLETED: 'erfüllt',
    },
    duties: { waiting: 'noch nicht ausgelöst', owed: 'offen', overdue: 'überfällig', done: 'erledigt' },
  },
  en: {
    none: 'No agreement was concluded here yet.',
    version: 'version',
    ends: 'ends',
    never: 'without an end',
    cells: 'cells',
    questions: 'questions',
    within: 'within',
    left: 'left',
    spent: 'spent',
    duty: 'Duty',
    due: 'due',
    status: {
      ACTIVE: 'in force',
      SUSPENDED: 'suspended',
      SUPERSEDED: 'replaced',
      EXPIRED: 'expired',
      REVOKED: 'revoked',
      COMPLETED: 'completed',
    },
    duties: { waiting: 'not triggered yet', owed: 'open', overdue: 'overdue', done: 'done' },
  },
} as const;

type Words = (typeof words)[Lang];

export async function list(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const said = words[flags.lang ?? langOf(terminal)];
  const agreements = await agreementsAt(context);
  const text = agreements.length === 0 ? said.none : agreements.map((one) => linesOf(one, said)).join('\n\n');
  await put(context, flags.json ? asJson({ agreements }) : text);
  return exitCodes.answered;
}

export async function show(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const lang = flags.lang ?? langOf(terminal);
  const { hash } = await agreementNamed(context);
  const whole = await (await nodeAtHand(context)).get(`/v1/agreements/${hash}`, LongAgreementView);
  const sentences = renderPolicy(whole.agreement).map((sentence) => plain(sentence[lang]));
  await put(context, flags.json ? asJson(whole) : [linesOf(whole, words[lang]), '', ...sentences].join('\n'));
  return exitCodes.answered;
}

function linesOf(view: AgreementView, said: Words): string {
  const { hash, register, dataset, dataUser, version, status, ends, cells, questions, duties } = view;
  const end = ends === null ? said.never : `${said.ends} ${ends.slice(0, 10)}`;
  const state = status === null ? '–' : said.status[status];
  return [
    hash,
    `  ${register} · ${dataset} · ${dataUser}`,
    `  ${said.version} ${version} · ${state} · ${end}`,
    `  ${said.cells}: ${accountText(cells, said)}`,
    ...questions.map(({ per, ...account }) => {
      const window = per === null ? '' : ` ${said.within} ${per}`;
      return `  ${said.questions}${window}: ${accountText(account, said)}`;
    }),
    ...duties.map(({ duty, action, state: at, due }) => {
      const when = due === null ? '' : ` (${said.due} ${due.slice(0, 10)})`;
      return `  ${said.duty} ${duty} ${action}: ${said.duties[at]}${when}`;
    }),
  ].join('\n');
}

const accountText = ({ limit, spent }: AgreementView['cells'], said: Words): string =>
  limit === null ? `${spent} ${said.spent}` : `${spent} ${said.spent}, ${Math.max(0, limit - spent)} ${said.left}`;
