/** A1: the same question again and again, over persons, sessions, restarts and imports, to average the noise away. */
import { canonicalText } from '@revier/core';
import type { Attack, Stage } from '../attack.ts';
import { sized } from '../attack.ts';
import { lattice } from '../federation/lattice.ts';
import { asked } from '../federation/tables.ts';
import { type Averaged, averagedOverImports, HANDFUL, leastError, type Seen, withstands } from '../history/averaged.ts';
import { guardsOf, newKeys, withoutHistory } from '../history/weekly.ts';

export const averaging: Attack = {
  id: 'A1',
  title: 'averaging over persons, sessions, restarts',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { answers, bodies, holders, rounds } = await repeated(stage);
    const { year, forgetful, rekeyed } = imported(stage);
    const { untouched, touched, growing } = year;
    return {
      figure: `${answers} answer, ${bodies} bodies of ${holders} holders in ${rounds}; over 52 imports ${untouched.values} a cell where nobody, ${touched.values} where few changed, mean ± ${touched.mean.toFixed(2)}, one answer ± ${touched.one.toFixed(2)}`,
      criterion: `1 answer, 1 body a holder; 1 a cell, mean ≥ ± ${leastError(untouched.cells).toFixed(2)}`,
      // An attack that does not win where nothing is in its way shows nothing.
      passed:
        answers === 1 &&
        holders > 0 &&
        bodies === holders &&
        withstands(year) &&
        ![forgetful, rekeyed].some((one) => withstands(one)),
      detail: [
        'half of the questions by another person, one node restarted in between',
        `imports in process over the rules of nodes: ${untouched.cells} cells that nobody comes to, ${told(untouched)}; ${touched.cells} that some come to and leave in every week, at most ${HANDFUL} more or fewer than at first, ${told(touched)}`,
        `without the history ${told(forgetful.touched)}; with record keys of the epoch besides ${told(rekeyed.untouched)} where nobody changed`,
        `${growing.beyond} of ${growing.cells} cells that grow were said anew for fewer than k; who knows all who have joined averages those to ± ${growing.mean.toFixed(2)}, which is not promised`,
      ].join('; '),
    };
  },
};

const told = ({ values, one, mean }: Seen): string =>
  `${values} ${values === 1 ? 'value' : 'values'} each, mean ± ${mean.toFixed(2)} (one answer ± ${one.toFixed(2)})`;

async function repeated({ federation, scale, env }: Stage) {
  const rounds = sized(scale, { quick: 6, normal: 60, full: 200 });
  const [figures, bodies, datasets] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (let round = 0; round < rounds; round++) {
    if (round === rounds >> 1) await federation.restart(['alpha'], env);
    const answer = await asked(round % 2 === 0 ? federation.mallory : federation.profile, lattice.cities);
    figures.add(canonicalText(answer.cells));
    for (const { dataset, release, status } of answer.holders)
      if (status === 'answered') {
        datasets.add(dataset);
        bodies.add(`${dataset} ${bodyOf(release)}`);
      }
  }
  return { answers: figures.size, bodies: bodies.size, holders: datasets.size, rounds };
}

/** A year of weekly imports; and the same attack where answers are not held against earlier ones, and where keys are new in each epoch as well. */
function imported({ random, scale, env }: Stage): Record<'year' | 'forgetful' | 'rekeyed', Averaged> {
  const few = 30;
  const districts = sized(scale, { quick: 2 * few, normal: 150, full: 600 });
  return {
    year: averagedOverImports({ random, districts, guards: guardsOf(env) }),
    forgetful: averagedOverImports({ random, districts: few, guards: withoutHistory }),
    rekeyed: averagedOverImports({ random, districts: few, guards: newKeys }),
  };
}

/** Digest of the body that a signed header names. */
function bodyOf(release: string | undefined): string {
  const payload = release?.split('.')[1];
  if (payload === undefined) throw new Error('A holder has not answered.');
  return String(JSON.parse(Buffer.from(payload, 'base64url').toString()).body);
}
