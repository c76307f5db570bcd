/** The rules of access, every pair: each role, each action, one's own and everybody else's. The table is the specification. */
import { PersonRole } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { type QueryAction, queryActions, type SpaceAction, spaceActions } from './actions.ts';
import { isYes, openRules, readRules } from './decide.ts';
import type { Principal } from './principal.ts';

const ME = 'did:web:university.example#r17';
const COLLEAGUE = 'did:web:university.example#r18';
/** The same pseudonym elsewhere is somebody else. */
const STRANGER = 'did:web:institute.example#r17';

/** Whose query is it? */
const owners = { own: ME, foreign: COLLEAGUE, 'of another organisation': STRANGER } as const;

const people: readonly PersonRole[] = ['researcher', 'planner'];

/** Actions on queries: on one's own only, and only for these. */
const onQueries: Readonly<Record<QueryAction, readonly PersonRole[]>> = {
  'query.read': people,
  'query.follow': people,
  'query.cancel': people,
  'answer.read': people,
  'result.read': people,
};

const onSpace: Readonly<Record<SpaceAction, readonly PersonRole[]>> = {
  'me.read': PersonRole.options,
  'query.list': people,
  'enrolment.invite': ['operator'],
  'enrolment.list': ['operator'],
  'trust-list.draft': ['operator'],
  'audit.read': ['auditor', 'data-protection-officer'],
};

const decide = openRules(readRules());
const somebody = (roles: readonly PersonRole[], over: Partial<Principal> = {}): Principal => ({
  issuer: 'https://login.example',
  subject: 'a',
  roles,
  organisation: 'did:web:university.example',
  key: undefined,
  persons: [ME],
  ...over,
});

describe.each(PersonRole.options)('a %s', (role) => {
  it.each(queryActions.flatMap((action) => Object.entries(owners).map(([whose, owner]) => ({ action, whose, owner }))))(
    'and $action of a query that is $whose',
    ({ action, whose, owner }) => {
      expect(decide(somebody([role]), { action, owner })).toBe(whose === 'own' && onQueries[action].includes(role));
    },
  );

  it.each(spaceActions)('and %s', (action) => {
    expect(decide(somebody([role]), { action })).toBe(onSpace[action].includes(role));
  });
});

describe('the rules', () => {
  it('let nobody without a role do anything but know themselves', () => {
    for (const action of queryActions) expect(decide(somebody([]), { action, owner: ME })).toBe(false);
    for (const action of spaceActions) expect(decide(somebody([]), { action })).toBe(action === 'me.read');
  });

  it('give somebody with two roles what either gives, and nothing of other people’s', () => {
    const both = somebody(['researcher', 'operator', 'auditor']);
    expect(decide(both, { action: 'answer.read', owner: ME })).toBe(true);
    expect(decide(both, { action: 'trust-list.draft' })).toBe(true);
    expect(decide(both, { action: 'answer.read', owner: COLLEAGUE })).toBe(false);
  });

  it('refuse whoever stands for nobody, or has no organisation, or another one than the query', () => {
    const wish = { action: 'answer.read', owner: ME } as const;
    expect(decide(somebody(['researcher'], { persons: [] }), wish)).toBe(false);
    expect(decide(somebody(['researcher'], { organisation: undefined }), wish)).toBe(false);
    expect(decide(somebody(['researcher'], { organisation: undefined }), { action: 'query.list' })).toBe(false);
    expect(decide(somebody(['researcher'], { organisation: 'did:web:institute.example' }), wish)).toBe(false);
    expect(decide(somebody(['researcher']), { action: 'answer.read', owner: '' })).toBe(false);
  });

  it('refuse a role that the schema does not name, and do not fail over it', () => {
    const invented: readonly string[] = ['emperor'];
    // As a faulty caller would: the types forbid it.
    const roles = invented as readonly PersonRole[];
    expect(decide(somebody(roles), { action: 'me.read' })).toBe(false);
  });

  it.each([
    ['a wish for nothing that there is', 'permit (principal, action == Revier::Action::"fly", resource);'],
    ['a role that there is not', 'permit (principal in Revier::Role::"emperor", action, resource);'],
    [
      'an attribute that may be missing',
      'permit (principal is Revier::Person, action == Revier::Action::"audit.read", resource) when { principal.organisation == "a" };',
    ],
    [
      'a rule that never holds',
      'permit (principal is Revier::Query, action == Revier::Action::"audit.read", resource);',
    ],
    ['no policy at all', 'permit (principal, action'],
  ])('are not opened with %s', (_what, policy) => {
    const { policies, schema } = readRules();
    expect(() => openRules({ policies: `${policies}\n${policy}`, schema }, 'faulty')).toThrow();
  });

  it('take any diagnostic for a no', () => {
    const yes = { decision: 'allow', diagnostics: { reason: ['p'], errors: [] } } as const;
    const fault = { message: 'm', help: null, code: null, url: null, severity: null };
    const errors = [{ policyId: 'q', error: fault }];
    expect(
      isYes({ type: 'success', response: { ...yes, diagnostics: { reason: ['p'], errors: [] } }, warnings: [] }),
    ).toBe(true);
    expect(isYes({ type: 'success', response: { ...yes, diagnostics: { reason: ['p'], errors } }, warnings: [] })).toBe(
      false,
    );
    expect(
      isYes({ type: 'success', response: { ...yes, diagnostics: { reason: ['p'], errors: [] } }, warnings: [fault] }),
    ).toBe(false);
    expect(isYes({ type: 'failure', errors: [fault], warnings: [] })).toBe(false);
  });
});
