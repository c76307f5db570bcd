/** The page: an answer as a text that one reads from top to bottom; pure, so that the laptop and tests print the same. */
import type { Answer } from '@revier/schema';
import { hanging, paint } from './layout.ts';
import { coverageLines, dayOf, holderLines, legendLines, measureLines, sentenceLines } from './notes.ts';
import { plain } from './plain-text.ts';
import { dimensionTitle, type TableOptions, tableLines } from './table.ts';
import { type Lang, type Words, wordsOf } from './words.ts';

export interface RenderOptions {
  readonly lang: Lang;
  /** Columns of the terminal; fewer than 60 are taken as 60. */
  readonly width: number;
  readonly colour: boolean;
}

const NARROWEST = 60;

/** The whole answer as lines, without a line break at the end. */
export function renderAnswer(answer: Answer, options: RenderOptions): string {
  const page: TableOptions = {
    ...options,
    width: Math.max(NARROWEST, options.width),
    words: wordsOf(options.lang),
  };
  return [
    headLines(answer, page),
    tableLines(answer, page),
    legendLines(answer, page),
    sentenceLines(answer, page),
    measureLines(answer, page),
    holderLines(answer, page),
    coverageLines(answer, page),
    footLines(answer, page),
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function headLines(answer: Answer, page: TableOptions): string[] {
  const { words, width, colour } = page;
  const banner = answer.synthetic
    ? hanging('', words.synthetic, width).map((line) => paint(line, 'yellow', colour))
    : [];
  return [
    ...banner,
    ...hanging('', titleOf(answer, page), width).map((line) => paint(line, 'bold', colour)),
    ...hanging('', occasionOf(answer, words), width).map((line) => paint(line, 'dim', colour)),
    ...stateLines(answer, page),
  ];
}

function titleOf(answer: Answer, { lang, words }: TableOptions): string {
  const names = answer.measures.map(({ name }) => plain(name)).join(', ');
  const titles = answer.dimensions.map((dimension) => dimensionTitle(answer, dimension, lang)).join(', ');
  return titles === '' ? names : `${names} ${words.by} ${titles}`;
}

const occasionOf = ({ register, question, realm }: Answer, words: Words): string =>
  [
    `${words.register} ${register.replace(/^urn:revier:register:/, '')}`,
    `${words.purpose} ${question.purpose}`,
    ...(realm === 'test' ? [words.testRealm] : []),
  ].join(' · ');

/** Loud where something is missing, silent in nothing. */
function stateLines({ state, holders }: Answer, { words, width, colour }: TableOptions): string[] {
  const answered = holders.filter(({ status }) => status === 'answered').length;
  const style = state === 'complete' ? 'green' : state === 'partial' ? 'yellow' : 'red';
  return hanging('', words.state[state](answered, holders.length), width).map((line) => paint(line, style, colour));
}

/** Hashes stand whole: they are there to be compared and copied. */
const footLines = ({ queryId, questionHash, answered }: Answer, { words, colour }: TableOptions): string[] =>
  [`${words.query} ${queryId}`, `${words.question} ${questionHash}`, `${words.answered} ${dayOf(answered, words)}`].map(
    (line) => paint(line, 'dim', colour),
  );
