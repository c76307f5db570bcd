/** A2: the same question in other words, so that it might be taken for another one and get other noise. */
import { canonicalText } from '@revier/core';
import type { AnswerCell, QuestionInput } from '@revier/schema';
import { type Attack, sized } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { PURPOSE } from '../federation/lattice.ts';
import { REGISTER } from '../federation/spec.ts';
import { said } from '../federation/tables.ts';

type Where =
  | { readonly variable: string; readonly in: string[] }
  | { readonly variable: string; readonly from: number; readonly to: number };

/** Conditions that everybody meets, in one wording or another. */
const everybody: readonly Where[] = [
  { variable: 'sex', in: ['M', 'D', 'F'] },
  { variable: 'sex', in: ['F', 'M', 'D', 'X', 'U'] },
  { variable: 'uicc', in: ['unknown', 'I-II', 'III-IV', 'in-situ'] },
  { variable: 'uicc', in: ['III', 'I', 'II', 'IV', '0', 'U'] },
  { variable: 'behaviour', in: ['3'] },
  { variable: 'behaviour', in: ['0', '1', '2', '3'] },
  { variable: 'dco', in: ['yes', 'no', 'U'] },
  { variable: 'area', in: ['R'] },
  { variable: 'area', in: ['E', 'D', 'A', 'B', 'G'] },
  { variable: 'site', in: ['C16.', 'C18-C20', 'C33-C34'] },
];
const windows: readonly Where[] = [
  { variable: 'diagnosisYear', from: 2016, to: 2020 },
  { variable: 'diagnosisYear', in: ['2020', '2016', '2018', '2017', '2019', '2016'] },
];

export const rewriting: Attack = {
  id: 'A2',
  title: 'the same question in other words',
  needs: 'federation',
  quick: true,
  async run({ federation, random, scale }) {
    const wordings = sized(scale, { quick: 6, normal: 50, full: 200 });
    const seen = new Set<string>();
    let refused = 0;
    for (let at = 0; at < wordings; at++) {
      const { answer } = await said(federation.mallory, reworded(random));
      if (answer === null) refused++;
      else seen.add(canonicalText(answer.cells.flatMap(plain).sort()));
    }
    return {
      figure: `${seen.size} answer in ${wordings} wordings, ${refused} refused`,
      criterion: '1 answer at most',
      passed: seen.size <= 1,
      detail: 'order, repetition, levels, synonyms, conditions that everybody meets',
    };
  },
};

function reworded(random: Dice): QuestionInput {
  const extra = random.shuffled(everybody).slice(0, random.below(3));
  const names = random.chance(0.5) ? ['cases'] : ['some', 'others'];
  const where = () =>
    random.shuffled([...extra, windows[random.below(windows.length)] ?? windows[0]]).filter((one) => one !== undefined);
  return {
    ...{ register: REGISTER, purpose: PURPOSE },
    aggregates: Object.fromEntries(
      names.map((name) => [name, { model: 'cancer-case/1', count: 'cases', where: [...where()] }]),
    ),
    by: random.shuffled([
      { variable: 'area', level: 'city' },
      { variable: 'uicc', level: 'stage' },
    ]),
  };
}

const plain = ({ by, measures }: AnswerCell): string[] =>
  [...new Set(Object.values(measures).map((cell) => ('value' in cell ? cell.value : null)))].map((value) =>
    JSON.stringify([by.area, by.uicc, value]),
  );
