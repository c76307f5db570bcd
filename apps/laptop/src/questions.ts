/** The example questions, read from the files that users can copy and change. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Question, type QuestionInput } from '@revier/schema';

const folder = new URL('../../../examples/', import.meta.url);

export const questionFile = (file: string): string => fileURLToPath(new URL(file, folder));

export const readQuestion = (file: string): QuestionInput =>
  Question.parse(JSON.parse(readFileSync(questionFile(file), 'utf8')));
