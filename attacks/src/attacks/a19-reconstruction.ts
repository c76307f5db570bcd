/** A19: all figures that the agreement allows, solved together by least squares for the secrets. */
import { type Attack, percent } from '../attack.ts';
import { atoms, districtRows, indicator } from '../estimate/district-rows.ts';
import { estimate } from '../estimate/least-squares.ts';
import { EARLY, K, LATE, type Person, suppressing } from '../federation/people.ts';
import { guessed } from '../guessing.ts';

/** Beyond the share of noise that rounds to nothing (0.25 of the law; a combination of figures has more). */
const LAW = 0.27;
/** Stricter than of one pair: all figures are used together (disclosure.md, section 4). */
const MOST_BITS = 0.55;

export const reconstruction: Attack = {
  id: 'A19',
  title: 'linear reconstruction from all tables',
  needs: 'federation',
  quick: false,
  async run(stage) {
    const { tables, federation } = stage;
    const seen = {
      crossed: await tables.table('crossed'),
      padded: await tables.table('padded'),
      nested: await tables.beyond('nested'),
    };
    const { byHolder, kinds } = federation.people;
    const cellsOf = (area: string) => districtRows(seen, area);
    const { accuracy } = await guessed(stage, ({ person: { area } }) => {
      const rows = cellsOf(area);
      const men = (uicc: string) =>
        estimate(
          rows,
          indicator((atom) => atom.sex === 'M' && atom.uicc === uicc),
        )?.value;
      const [late, early] = [men(LATE), men(EARLY)];
      return late === undefined ? (early === undefined ? 0 : 0.5 - early) : late - (early ?? 0.5);
    });
    const small = [...byHolder]
      .filter(([slug]) => slug !== suppressing)
      .flatMap(([, own]) => {
        const byArea = Map.groupBy(own, ({ area }) => area);
        return [...kinds.keys()].flatMap((area) => {
          const people = byArea.get(area);
          return people === undefined ? [] : atomsOf(people).map((truth) => ({ ...truth, area }));
        });
      });
    const estimates = small.flatMap(({ area, atom, truth }) => {
      const found = estimate(
        cellsOf(area),
        indicator((one) => one === atom),
      );
      return found === null ? [] : [Math.abs(found.value - truth) < 0.5];
    });
    const hits = estimates.filter(Boolean).length;
    const allowed = LAW * estimates.length + 2 * Math.sqrt(LAW * (1 - LAW) * estimates.length);
    const figures = Object.values(seen).reduce((sum, seen) => sum + (seen?.answer.cells.length ?? 0), 0);
    return {
      figure: `Acc ${percent(accuracy)}; ${hits} of ${estimates.length} small cells hit`,
      criterion: `Acc ≤ ${percent(MOST_BITS)}, ≤ ${Math.floor(allowed)} hit`,
      passed: accuracy <= MOST_BITS && hits <= allowed,
      detail: `${figures.toLocaleString('en')} cells asked; ${small.length} cells hold fewer than ${K}`,
    };
  },
};

function atomsOf(people: readonly Person[]) {
  return atoms
    .map((atom) => ({
      atom,
      truth: people.filter(({ sex, dco, stage }) => sex === atom.sex && dco === atom.dco && stage === atom.uicc).length,
    }))
    .filter(({ truth }) => truth < K);
}
