/** How safe each way is, by the cheap attacks of the suite on its own invented persons: A3 on nested counts, A4 on totals and parts. */
import { apart } from '@revier/attacks/guessing.ts';
import { invent } from '@revier/attacks/people.ts';
import { TOTAL } from '@revier/schema';
import type { Method, Shown } from './methods.ts';
import { type CountTable, codesKey, keyOf, oneCount } from './records.ts';

export interface Safety {
  readonly method: string;
  /** Share of 200 secret bits guessed; 0.5 is a toss. */
  readonly differencing: number;
  readonly setEquality: number;
  /** Lowest number of persons that a shown figure, or a difference of two, was exactly about; null where none was exact. */
  readonly exactBelow: number | null;
}

const STAGES = [0, 1];

type Reading = (wide?: number | null, narrow?: number | null) => number;

export function safetyOf(method: Method): Safety {
  const people = invent(1);
  const areas = [...people.kinds.keys()];
  const place = new Map(areas.map((area, at) => [area, at]));
  const secrets = people.targets.map(({ person }) => ({ area: place.get(person.area) ?? -1, late: person.late }));
  // In the two stages that targets could be in, where the target is the only one who is no woman.
  const everybody = [...people.byHolder.values()].flat().filter(({ stage }) => stage === 'I' || stage === 'III');
  const record = (isNested: boolean, codes: (one: (typeof everybody)[number]) => number[]) =>
    everybody.map((one) => ({
      ...{ codes: codes(one), key: keyOf(one.id) },
      signature: isNested && one.sex === 'F' ? 3 : 1,
    }));
  const domain = [areas.map((_, at) => at), STAGES];
  const nested: CountTable = { domain, margins: false, wheres: [[], [{ variable: 'sex', atoms: ['F'] }]] };
  const crossed: CountTable = { domain: [...domain, [0, 1]], margins: true, wheres: oneCount };
  const [everyone, women] = method.protect(
    nested,
    record(true, ({ area, late }) => [place.get(area) ?? -1, late ? 1 : 0]),
  );
  const inside: Shown = method.protect(
    crossed,
    record(false, ({ area, late, sex }) => [place.get(area) ?? -1, late ? 1 : 0, sex === 'F' ? 0 : 1]),
  );
  const nestedBy = (read: Reading) => (area: number, stage: number) =>
    read(everyone?.get(codesKey([area, stage])), women?.get(codesKey([area, stage])));
  const crossedBy = (read: Reading) => (area: number, stage: number) =>
    read(inside[0]?.get(codesKey([area, stage, TOTAL])), inside[0]?.get(codesKey([area, stage, 0])));
  // The attacker knows how figures are protected, and reads them in the way that tells more.
  const best = (by: typeof nestedBy) => Math.max(...readings.map((read) => accuracy(secrets, by(read))));
  const differences = nestedBy(apart);
  const isExact = secrets.filter(
    ({ area, late }) => differences(area, 1) === (late ? 1 : 0) && differences(area, 0) === (late ? 0 : 1),
  );
  return {
    method: method.name,
    differencing: best(nestedBy),
    setEquality: best(crossedBy),
    exactBelow: isExact.length === secrets.length ? 1 : null,
  };
}

/** Where equal sets are never both shown, two figures that are speak for somebody between them, also when their noise makes them equal. */
const bothShown: Reading = (wide = null, narrow = null) => (wide !== null && narrow !== null ? 1 : 0);

const readings: readonly Reading[] = [apart, bothShown];

/** Where nothing speaks for either, half are right; whoever is always wrong knows as much. */
function accuracy(
  secrets: readonly { area: number; late: boolean }[],
  score: (area: number, stage: number) => number,
): number {
  const right = secrets.reduce((sum, { area, late }) => {
    const hint = score(area, 1) - score(area, 0);
    return sum + (hint === 0 ? 0.5 : hint > 0 === late ? 1 : 0);
  }, 0);
  return Math.max(right, secrets.length - right) / secrets.length;
}
