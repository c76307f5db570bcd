/** The table of roles in the guide is what the rules decide: it is compared with every decision. */
import { readFileSync } from 'node:fs';
import { PersonRole } from '@revier/schema';
import { expect, it } from 'vitest';
import { queryActions, spaceActions } from './actions.ts';
import { openRules, readRules } from './decide.ts';
import type { Principal } from './principal.ts';

const OWN = 'did:web:university.example#r17';
const FOREIGN = 'did:web:university.example#r18';
const decide = openRules(readRules());

const somebody = (role: PersonRole): Principal => ({
  ...{ issuer: 'https://login.example', subject: 'a', key: undefined },
  roles: [role],
  organisation: 'did:web:university.example',
  persons: [OWN],
});

function cellsOf(role: PersonRole): string[] {
  const me = somebody(role);
  const onQueries = queryActions.map((action) =>
    decide(me, { action, owner: FOREIGN }) ? 'all' : decide(me, { action, owner: OWN }) ? 'own' : '–',
  );
  return [...onQueries, ...spaceActions.map((action) => (decide(me, { action }) ? 'yes' : '–'))];
}

it('says of every role and action what the rules say', () => {
  const columns = PersonRole.options.map(cellsOf);
  const rows = [...queryActions, ...spaceActions].map(
    (action, at) => `| \`${action}\` | ${columns.map((cells) => cells[at]).join(' | ')} |`,
  );
  const head = [
    `| action | ${PersonRole.options.join(' | ')} |`,
    `| --- |${' --- |'.repeat(PersonRole.options.length)}`,
  ];
  const page = readFileSync(new URL('../../../../docs/guides/people.md', import.meta.url), 'utf8');
  expect(page).toContain([...head, ...rows].join('\n'));
});
