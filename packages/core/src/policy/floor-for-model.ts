/** The floor for one dataset: stricter where its model is about a vulnerable group. */
import { type DataModel, disclosureDefaults, type Floor, vulnerableDefaults } from '@revier/schema';

/** One for each floor, so that whoever looks at it many times knows it again. */
const made = new WeakMap<Floor, Floor>();

/** The strictest wins: nothing of it is milder than the floor. */
export function floorForModel(floor: Floor, { themes }: Pick<DataModel, 'themes'>): Floor {
  if (themes === undefined) return floor;
  const found = made.get(floor) ?? Object.freeze(strict(floor));
  made.set(floor, found);
  return found;
}

function strict(floor: Floor): Floor {
  const { disclosure, vulnerable = {} } = floor;
  const { minCellSize, belowK, groupMax, pPercent } = vulnerableDefaults;
  return {
    ...floor,
    minCellSize: Math.max(floor.minCellSize, vulnerable.minCellSize ?? minCellSize),
    ...(disclosure === undefined
      ? {}
      : {
          disclosure: {
            ...disclosure,
            belowK: disclosure.belowK === 'show-perturbed' ? (vulnerable.belowK ?? belowK) : 'withhold',
            groupMax: Math.min(disclosure.groupMax ?? disclosureDefaults.groupMax, vulnerable.groupMax ?? groupMax),
            pPercent: Math.max(disclosure.pPercent ?? disclosureDefaults.pPercent, vulnerable.pPercent ?? pPercent),
          },
        }),
  };
}
