/** The control build: the guards that attacks are up against, taken out of a service's source while it is loaded. Production refuses to start so. */
import type { Environment } from '@revier/e2e/harness/service.ts';
import { type Weakness, without } from '@revier/e2e/harness/weakness.ts';

const core = 'packages/core/src';

/** What the control run must lose. */
export const mustFail = ['A3', 'A4', 'A6', 'A8', 'A9'] as const;
/** What stands on the same guards, and is lost with them. */
export const failsAlong = ['A1', 'A5', 'A10', 'A11', 'A19', 'A20', 'A24'] as const;

const weaknesses: readonly Weakness[] = [
  {
    // Answers that were given before, with guards on, are not given again.
    file: 'services/registry-node/src/rooms/guard.ts',
    defence: 'versions: versionsOf(own, vocabulary.catalogue, cellKeys),',
    instead: 'versions: crypto.randomUUID(),',
  },
  {
    file: `${core}/policy/operands.ts`,
    defence: 'return judgeSet(constraint, [request.tableHash]);',
    instead: 'return verdict(true, null);',
  },
  {
    file: `${core}/disclosure/cell-key/count-noise.ts`,
    defence: 'return noiseAt(row.intervals, fraction);',
    instead: 'return 0 * noiseAt(row.intervals, fraction);',
  },
  {
    file: `${core}/disclosure/disclose-by-keys.ts`,
    defence: "rules.belowK === 'show-perturbed' ? Math.min(LEAST_SHOWN, minCellSize) : minCellSize;",
    instead: '0 * (rules.belowK.length + LEAST_SHOWN + minCellSize);',
  },
  {
    file: `${core}/disclosure/keyed-counts.ts`,
    defence: 'for (const cell of dominating(noised, grid, groupMax)) shown[cell] = 0;',
    instead: 'for (const cell of dominating(noised, grid, groupMax)) shown[cell] = shown[cell] ?? 0;',
  },
  {
    file: `${core}/disclosure/near-sets.ts`,
    defence: 'if (isNear) figure.shown[cell] = 0;',
    instead: 'if (isNear) figure.shown[cell] = 1;',
  },
  {
    file: `${core}/disclosure/history/hold-against-past.ts`,
    defence: 'if (isNear(fine, coarse, noise)) keep[mine] = 1;',
    instead: 'if (isNear(fine, coarse, noise)) keep[mine] = 0;',
  },
  {
    file: `${core}/disclosure/suppression.ts`,
    defence: 'const targets = nodesWhere(system.nodes, (node) => (persons[node] ?? 0) < minCellSize);',
    instead: 'const targets = nodesWhere(system.nodes, (node) => (persons[node] ?? 0) < 0 * minCellSize);',
  },
  {
    // Each table by itself, as if no other were granted.
    file: 'services/registry-node/src/rooms/linked.ts',
    defence: 'if (set?.length === 1)',
    instead: 'if (set?.length !== 0)',
  },
  {
    // What was decided over all linked tables does not bind, nor is it decided anew: each table stands alone, without a threshold.
    file: 'services/registry-node/src/rooms/linked.ts',
    defence: "if (own.dataset.mode !== 'L' || cellKeys !== null || minCellSize === null) return null;",
    instead: [
      "if (own.dataset.mode !== 'L' || cellKeys !== null || minCellSize === null) return null;",
      'const { table, tableHash } = own, { raw } = openExactTable(exact), { rates, prepared } = granted;',
      'if (deps.patterns) return patternAlone({ table, tableHash, domain: prepared.domain, raw, rates }, minCellSize);',
    ].join(' '),
  },
  {
    file: `${core}/disclosure/disclose-counts.ts`,
    defence: '(persons[cell] ?? 0) < k) return;',
    instead: '(persons[cell] ?? 0) < 0 * k) return;',
  },
  {
    file: `${core}/disclosure/secure-sum/roster.ts`,
    defence: "['not-the-agreed-members', !isSame],",
    instead: "['not-the-agreed-members', !isSame && false],",
  },
  {
    file: `${core}/disclosure/secure-sum/roster.ts`,
    defence: "['too-few-members', organisations.size < Math.max(LEAST_MEMBERS, minMembers)],",
    instead: "['too-few-members', organisations.size < 0 * Math.max(LEAST_MEMBERS, minMembers)],",
  },
];

export const guardsOff: Environment = without(...weaknesses);
