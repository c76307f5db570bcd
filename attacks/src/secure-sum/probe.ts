/** A process of its own that puts forged rosters and orders of dropouts to the rules of secure sums; prints one line of JSON. */
import { type Attempt, type Member, openingFaults, rosterFaults } from '@revier/core';
import { type Dice, dice } from '../dice.ts';

const members: readonly Member[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
  id,
  organisation: `org ${id}`,
  contributes: true,
}));
const ids = members.map(({ id }) => id);

const [seed = '1', schedules = '0'] = process.argv.slice(2);
const random = dice(Number(seed));
const rosters = [...forgedRosters()];
const results = Array.from({ length: Number(schedules) }, () => openedSets(random));
process.stdout.write(
  JSON.stringify({
    rosters: rosters.length,
    masked: rosters.filter(
      ({ roster, agreed }) => rosterFaults({ self: 'a', roster, agreed, minMembers: 4 }).length === 0,
    ).length,
    schedules: results.length,
    opened: results.filter((sets) => sets > 0).length,
    most: Math.max(0, ...results),
  }),
);

/** The victim is `a`; every subset of the agreed members, with or without inventions, but the agreed one itself. */
function* forgedRosters(): Generator<{ readonly roster: readonly string[]; readonly agreed: readonly Member[] }> {
  const inventions = [[], ['x'], ['x', 'y'], ['x', 'y', 'z', 'w'], ['a']];
  for (let bits = 0; bits < 2 ** ids.length; bits++)
    for (const invented of inventions) {
      const roster = [...ids.filter((_, i) => ((bits >> i) & 1) === 1), ...invented];
      const isAgreed = roster.length === ids.length && ids.every((id) => roster.includes(id));
      if (!isAgreed) yield { roster, agreed: members };
    }
  // A dimension that parts the holders: of the agreed members few contribute to the cell; or one organisation has all nodes.
  for (let contributing = 1; contributing < 4; contributing++)
    yield { roster: ids, agreed: members.map((member, i) => ({ ...member, contributes: i < contributing })) };
  yield { roster: ids, agreed: members.map((member) => ({ ...member, organisation: 'one for all' })) };
}

/** The broker begins attempts, drops members, and asks everybody to open whatever it likes; how many sets of members end up open. */
function openedSets(dice: Dice): number {
  const kept = new Map(
    ids.map((id) => [id, { masked: [] as Attempt[], opened: null as Attempt | null, shares: [] as string[] }]),
  );
  const sets = new Set<string>();
  for (let attempt = 1; attempt <= 6; attempt++) {
    const roster = dice.chance(0.5) ? ids : ids.filter(() => dice.chance(0.8));
    for (const id of roster)
      if (dice.chance(0.9) && rosterFaults({ self: id, roster, agreed: members, minMembers: 4 }).length === 0)
        kept.get(id)?.masked.push({ attempt, roster });
    const asked: Attempt = dice.chance(0.7) ? { attempt, roster } : { attempt: 1 + dice.below(attempt), roster: ids };
    const openers = asked.roster.filter((id) => opens(kept.get(id), asked));
    // Seeds of members that are lost after opening come from the shares of the others.
    if (openers.length >= Math.floor((2 * ids.length) / 3) + 1) sets.add(`${asked.attempt} ${asked.roster.join()}`);
  }
  return sets.size;
}

interface Kept {
  readonly masked: readonly Attempt[];
  opened: Attempt | null;
  readonly shares: readonly string[];
}

function opens(own: Kept | undefined, asked: Attempt): boolean {
  if (own === undefined) return false;
  const faults = openingFaults({ asked, masked: own.masked, opened: own.opened, pairSharesRevealed: own.shares });
  if (faults.length > 0) return false;
  own.opened = asked;
  return true;
}
