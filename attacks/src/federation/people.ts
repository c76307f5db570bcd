/** Who stands in the attacked registers: 20,000 invented persons, 200 of them alone with their features, and what nobody shall learn of those. */
import { type Dice, dice } from '../dice.ts';

export const holders = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const;
export type Slug = (typeof holders)[number];

/** Counts are perturbed by cell keys at four holders; the fifth suppresses. */
export const suppressing: Slug = 'epsilon';

export const DISTRICTS_EACH = 44;
const TARGETS_EACH = 40;
const PERSONS_EACH = 4000;
/** Whom the attacker of A24 knows: with the target they would be as many as the threshold. */
export const ACCOMPLICES = 9;
export const K = 10;

/** UICC stages that the registers hold. The target's is I or III, and which of the two is the secret. */
export const STAGES = ['0', 'I', 'II', 'III', 'IV', 'U'] as const;
export type Stage = (typeof STAGES)[number];
export const EARLY = 'I';
export const LATE = 'III';

export interface Person {
  readonly id: string;
  readonly area: string;
  readonly year: string;
  readonly month: string;
  readonly sex: 'F' | 'M' | 'D';
  readonly age: number;
  readonly site: string;
  readonly stage: Stage;
  /** Stage III or IV. */
  readonly late: boolean;
  /** Known by a death certificate only; in districts of targets the attacker knows everybody of whom this is so, but for the target. */
  readonly dco: 'no' | 'yes' | 'U';
}

export interface Target {
  readonly holder: Slug;
  readonly person: Person;
}

/** `plain`: the one man of a district is the target. `full`: all are in stage III. `empty`: no man lives there. */
export type DistrictKind = 'plain' | 'full' | 'empty';

export interface People {
  readonly byHolder: ReadonlyMap<Slug, readonly Person[]>;
  readonly targets: readonly Target[];
  readonly kinds: ReadonlyMap<string, DistrictKind>;
}

export const districtCode = (holder: Slug, place: number): string =>
  `${holder.slice(0, 1).toUpperCase()}-${String(place + 1).padStart(2, '0')}`;

export const cityOf = (holder: Slug): string => holder.slice(0, 1).toUpperCase();

export const holderOf = (area: string): Slug => {
  const found = holders.find((slug) => cityOf(slug) === area.slice(0, 1));
  if (found === undefined) throw new RangeError(`${area} belongs to nobody.`);
  return found;
};

const sites = ['C16', 'C18', 'C34'] as const;

/** The same seed gives the same persons; keys and noise are drawn anew whenever a federation is founded. */
export function invent(seed: number): People {
  const random = dice(seed);
  const kinds = new Map<string, DistrictKind>();
  const targets: Target[] = [];
  const byHolder = new Map(
    holders.map((holder) => {
      const people = Array.from({ length: DISTRICTS_EACH }, (_, place) => {
        const area = districtCode(holder, place);
        const kind = place < TARGETS_EACH ? 'plain' : place % 2 === 0 ? 'full' : 'empty';
        kinds.set(area, kind);
        const own = district({ area, kind, late: place % 2 === 0, size: sizeOf(place) }, random);
        const [first] = own;
        if (kind === 'plain' && first !== undefined) targets.push({ holder, person: first });
        return own;
      });
      return [holder, people.flat()] as const;
    }),
  );
  return { byHolder, targets, kinds };
}

/** 4,000 over 44 districts. */
const sizeOf = (place: number): number =>
  Math.floor(PERSONS_EACH / DISTRICTS_EACH) + (place < PERSONS_EACH % DISTRICTS_EACH ? 1 : 0);

interface DistrictPlan {
  readonly area: string;
  readonly kind: DistrictKind;
  /** The secret of the target. */
  readonly late: boolean;
  readonly size: number;
}

const MEN_OF_FULL = 6;
/** Who is neither man nor woman, and of whom it is not known how they were found: in no stage that a target could be in. */
const OTHERS = 11;
const elsewhere = STAGES.filter((stage) => stage !== EARLY && stage !== LATE);

function district({ area, kind, late, size }: DistrictPlan, random: Dice): Person[] {
  return Array.from({ length: size }, (_, at): Person => {
    const { stage, ...features } =
      kind === 'plain' ? amongTargets(at, late, random) : apartFromTargets(at, kind, random);
    return {
      id: `CANARY-${area}-${String(at).padStart(3, '0')}`,
      area,
      year: String(2016 + random.below(5)),
      month: String(1 + random.below(12)).padStart(2, '0'),
      site: sites[random.below(sites.length)] ?? 'C18',
      stage,
      late: stage === 'III' || stage === 'IV',
      ...features,
    };
  });
}

type Features = Pick<Person, 'sex' | 'age' | 'stage' | 'dco'>;

function amongTargets(at: number, late: boolean, random: Dice): Features {
  const age = 12 + random.below(85);
  const other = elsewhere[random.below(elsewhere.length)] ?? 'U';
  if (at === 0) return { sex: 'M', age: 5, stage: late ? LATE : EARLY, dco: 'yes' };
  if (at <= ACCOMPLICES) return { sex: 'F', age, stage: LATE, dco: 'yes' };
  if (at <= ACCOMPLICES + OTHERS) return { sex: 'F', age, stage: other, dco: 'U' };
  if (at <= ACCOMPLICES + 2 * OTHERS) return { sex: 'D', age, stage: other, dco: 'no' };
  return { sex: 'F', age, stage: anyStage(random), dco: 'no' };
}

const apartFromTargets = (at: number, kind: DistrictKind, random: Dice): Features => ({
  sex: kind === 'full' && at < MEN_OF_FULL ? 'M' : 'F',
  age: 12 + random.below(85),
  stage: kind === 'full' ? LATE : anyStage(random),
  dco: 'no',
});

const SHARES: readonly (readonly [Stage, number])[] = [
  [EARLY, 0.3],
  [LATE, 0.5],
  ['II', 0.65],
  ['IV', 0.8],
  ['0', 0.9],
];

/** Shares add up from the first on. */
function anyStage(random: Dice): Stage {
  const drawn = random.uniform();
  return SHARES.find(([, upTo]) => drawn < upTo)?.[0] ?? 'U';
}
