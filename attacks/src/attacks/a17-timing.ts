/** A17: does it show in time whether the target's register was asked, or what it found? For quiet machines. */
import { type Attack, sized } from '../attack.ts';
import { lattice } from '../federation/lattice.ts';
import { asked } from '../federation/tables.ts';

const MOST_OFF = 0.05;

export const timing: Attack = {
  id: 'A17',
  title: 'time of an answer',
  needs: 'federation',
  quick: false,
  async run({ federation, scale }) {
    const rounds = sized(scale, { quick: 10, normal: 60, full: 500 });
    const times: [number[], number[]] = [[], []];
    // Two registers of one shape and size, with other persons in them.
    for (let at = 0; at < 2 * rounds; at++) {
      const holder = at % 2 === 0 ? 'alpha' : 'beta';
      const begun = performance.now();
      await asked(federation.mallory, { ...lattice.cities, holders: { asked: [`did:web:${holder}.example`] } });
      times[at % 2 === 0 ? 0 : 1].push(performance.now() - begun);
    }
    const [one, other] = times;
    const wins = one.flatMap((a) => other.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
    const area = wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
    // Standard deviation under no difference (Mann and Whitney).
    const sd = Math.sqrt((2 * rounds + 1) / (12 * rounds * rounds));
    return {
      figure: `AUC ${area.toFixed(3)} over 2 × ${rounds}`,
      criterion: `|AUC − 0.5| ≤ ${MOST_OFF}, or within 2.6 sd of chance`,
      passed: Math.abs(area - 0.5) <= Math.max(MOST_OFF, 2.6 * sd),
      detail: 'repeated answers of two registers of one public size; leaving times are not levelled by ticks',
    };
  },
};
