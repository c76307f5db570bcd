/** Answers as an attacker keeps them: figures by cell, asked for once, since they would only come again. */
import { ask, type Profile } from '@revier/cli';
import { ProblemError } from '@revier/connector-sdk';
import { type Answer, AppError, type Cell, type QuestionInput } from '@revier/schema';
import { beyond, type LatticeTable, lattice, rateAt, type TableBeyond } from './lattice.ts';
import type { Slug } from './people.ts';

export type By = Readonly<Record<string, string | null>>;

export interface Figures {
  readonly answer: Answer;
  /** Null where nothing is shown, or whoever has it refuses the table. */
  value(by: By, measure?: string): number | null;
  cell(by: By, measure?: string): Cell;
}

export interface Tables {
  table(name: LatticeTable): Promise<Figures>;
  /** Null where every holder refuses it, as long as what was agreed binds. */
  beyond(name: TableBeyond): Promise<Figures | null>;
  rate(slug: Slug): Promise<Figures>;
}

const keyOf = (by: By): string => JSON.stringify(Object.entries(by).sort(([a], [b]) => (a < b ? -1 : 1)));

export function figuresOf(answer: Answer): Figures {
  const cells = new Map(answer.cells.map(({ by, measures }) => [keyOf(by), measures]));
  const cell = (by: By, measure = 'cases'): Cell => {
    const found = cells.get(keyOf(by))?.[measure];
    if (found === undefined) throw new RangeError(`There is no ${measure} for ${keyOf(by)}.`);
    return found;
  };
  const names = (by: By = {}): string => Object.keys(by).sort().join();
  return {
    answer,
    cell,
    value(by, measure) {
      if (names(by) !== names(answer.cells[0]?.by)) throw new RangeError(`The table is not by ${names(by)}.`);
      const found = cells.get(keyOf(by))?.[measure ?? 'cases'];
      return found !== undefined && 'value' in found ? found.value : null;
    },
  };
}

const DEADLINE_SECONDS = 240;

/** As the command line asks; an answer that does not verify rejects. */
export async function asked(profile: Profile, question: QuestionInput): Promise<Answer> {
  const faults: string[] = [];
  const answer = await ask(profile, question, {
    deadlineSeconds: DEADLINE_SECONDS,
    onWarning: (fault) => faults.push(fault),
  });
  if (faults.length > 0) throw new Error(`The answer does not verify: ${faults.join(' ')}`);
  return answer;
}

/** What became of a question: the answer where anybody gave one, and the codes of everybody who refused, the broker included. */
export interface Said {
  readonly answer: Answer | null;
  readonly codes: readonly string[];
}

export async function said(profile: Profile, question: QuestionInput): Promise<Said> {
  try {
    const answer = await asked(profile, question);
    const hasAnswered = answer.holders.some(
      ({ status, dataset }) => status === 'answered' && dataset.includes('cases'),
    );
    const codes = answer.holders.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    return { answer: hasAnswered ? answer : null, codes: [...new Set(codes)].sort() };
  } catch (error) {
    if (error instanceof ProblemError || error instanceof AppError)
      return { answer: null, codes: [error.code ?? 'no code'] };
    throw error;
  }
}

export function tablesOf(profile: Profile): Tables {
  const known = new Map<string, Promise<Figures | null>>();
  const once = (name: string, question: QuestionInput): Promise<Figures | null> => {
    const found =
      known.get(name) ?? said(profile, question).then(({ answer }) => (answer === null ? null : figuresOf(answer)));
    known.set(name, found);
    return found;
  };
  const granted = async (name: string, question: QuestionInput): Promise<Figures> => {
    const figures = await once(name, question);
    if (figures === null) throw new Error(`${name} was granted, and is refused.`);
    return figures;
  };
  return {
    table: (name) => granted(name, lattice[name]),
    beyond: (name) => once(name, beyond[name]),
    rate: (slug) => granted(`rate ${slug}`, rateAt(slug)),
  };
}
