/** A13 to A15: quantiles, regression and covariance do not exist yet; as soon as the schema of questions knows one, it is attacked. */
import { Question, type QuestionInput } from '@revier/schema';
import { z } from 'zod';
import type { Attack, Outcome, Stage } from '../attack.ts';
import { PURPOSE } from '../federation/lattice.ts';
import { REGISTER } from '../federation/spec.ts';
import { postQuestion } from './post.ts';

interface Missing {
  readonly id: string;
  readonly title: string;
  /** Words by which the schema would know such a measure. */
  readonly words: readonly string[];
  /** What an attacker would write, by the word that the schema knows. */
  readonly question: (word: string, area: string) => unknown;
}

const base = { register: REGISTER, purpose: PURPOSE, by: [] };
const whoIs = (area: string) => [
  { variable: 'area', in: [area] },
  { variable: 'sex', in: ['M'] },
];

const missing: readonly Missing[] = [
  {
    id: 'A13',
    title: 'walk along minimum, maximum, quantiles',
    words: ['min', 'minimum', 'max', 'maximum', 'median', 'quantile', 'percentile'],
    question: (word, area) => ({
      ...base,
      aggregates: { a: { model: 'cancer-case/1', [word]: 'age', where: whoIs(area) } },
    }),
  },
  {
    id: 'A14',
    title: 'saturated regression',
    words: ['regression', 'glm', 'model', 'coefficients', 'logistic'],
    question: (word, area) => ({
      ...base,
      aggregates: { a: { model: 'cancer-case/1', count: 'cases', where: whoIs(area) } },
      derived: { fit: { [word]: { outcome: 'uicc', on: ['area', 'sex'] } } },
    }),
  },
  {
    id: 'A15',
    title: 'reconstruction from covariances, vectors of the attacker',
    words: ['covariance', 'correlation', 'moments', 'vector', 'values', 'expression'],
    question: (word, area) => ({
      ...base,
      aggregates: { a: { model: 'cancer-case/1', count: 'cases', where: whoIs(area) } },
      derived: { product: { [word]: { of: ['age', 'uicc'], with: [1, 0, 0, 1] } } },
    }),
  },
];

/** Names of every property that a question may have, at any depth, but for those that questions had when this was written. */
function knownWords(): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties') for (const name of Object.keys(Object(inner))) found.add(name);
      walk(inner);
    }
  };
  walk(z.toJSONSchema(Question, { io: 'input' }));
  // The data model of an aggregate, not a statistical one.
  found.delete('model');
  return found;
}

async function run({ federation }: Stage, { words, question }: Missing): Promise<Outcome> {
  const known = words.filter((word) => knownWords().has(word));
  const [target] = federation.people.targets;
  const area = target?.person.area ?? '';
  const tried = await Promise.all(words.map((word) => postQuestion(federation, question(word, area) as QuestionInput)));
  const accepted = tried.filter(({ status }) => status < 400);
  return {
    figure: `${accepted.length} of ${words.length} wordings accepted`,
    criterion: 'refused, and no such word in the schema',
    // A measure that has arrived must be attacked for real before this passes again.
    passed: known.length === 0 && accepted.length === 0,
    detail:
      known.length === 0
        ? 'not in the schema of questions'
        : `the schema knows ${known.join(', ')}: write the attack of the design`,
  };
}

export const missingMeasures: readonly Attack[] = missing.map((one) => ({
  ...{ id: one.id, title: one.title, needs: 'federation', quick: false },
  run: (stage) => run(stage, one),
}));
