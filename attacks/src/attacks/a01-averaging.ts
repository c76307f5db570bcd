/** A1: the same question again and again, over persons, sessions and restarts, to average the noise away. */
import { canonicalText } from '@revier/core';
import type { Attack } from '../attack.ts';
import { sized } from '../attack.ts';
import { lattice } from '../federation/lattice.ts';
import { asked } from '../federation/tables.ts';

export const averaging: Attack = {
  id: 'A1',
  title: 'averaging over persons, sessions, restarts',
  needs: 'federation',
  quick: true,
  async run({ federation, scale, env }) {
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
    const holders = datasets.size;
    return {
      figure: `${figures.size} answer, ${bodies.size} bodies of ${holders} holders in ${rounds}`,
      criterion: '1 answer, 1 body a holder',
      passed: figures.size === 1 && holders > 0 && bodies.size === holders,
      detail: 'half of the questions by another person, one node restarted in between',
    };
  },
};

/** Digest of the body that a signed header names. */
function bodyOf(release: string | undefined): string {
  const payload = release?.split('.')[1];
  if (payload === undefined) throw new Error('A holder has not answered.');
  return String(JSON.parse(Buffer.from(payload, 'base64url').toString()).body);
}
