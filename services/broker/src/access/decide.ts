/** The one decision about people: Cedar over access.cedar. Anything but a clear yes is a no. */
import { readFileSync } from 'node:fs';
import {
  type AuthorizationAnswer,
  type EntityJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  type TypeAndId,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Wish } from './actions.ts';
import type { Principal } from './principal.ts';

export interface Rules {
  readonly policies: string;
  readonly schema: string;
}

export type Decide = (principal: Principal, wish: Wish) => boolean;

const fileOf = (name: string): string => readFileSync(new URL(`../../policies/${name}`, import.meta.url), 'utf8');

export const readRules = (): Rules => ({
  policies: fileOf('access.cedar'),
  schema: fileOf('access.cedarschema'),
});

/** Parsed once; held to their schema in Cedar's strict mode, where a warning is a fault too. @throws Error with every fault */
export function openRules({ policies: staticPolicies, schema }: Rules, name = 'access'): Decide {
  const policies = { staticPolicies };
  const answer = validate({ schema, policies, validationSettings: { mode: 'strict' } });
  const faults =
    answer.type === 'failure'
      ? [...answer.errors, ...answer.warnings]
      : [
          ...[...answer.validationErrors, ...answer.validationWarnings].map(({ error }) => error),
          ...answer.otherWarnings,
        ];
  if (faults.length > 0)
    throw new Error(`The rules of access do not hold: ${faults.map(({ message }) => message).join('; ')}`);
  assertParsed(preparseSchema(name, schema));
  assertParsed(preparsePolicySet(name, policies));
  return (principal, wish) =>
    isYes(
      statefulIsAuthorized({
        ...requestOf(principal, wish),
        preparsedSchemaName: name,
        preparsedPolicySetId: name,
        validateRequest: true,
      }),
    );
}

function assertParsed(answer: ReturnType<typeof preparseSchema>): void {
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
}

/** A policy that could not be evaluated might have been the one that forbids. */
export const isYes = (answer: AuthorizationAnswer): boolean =>
  answer.type === 'success' &&
  answer.warnings.length === 0 &&
  answer.response.diagnostics.errors.length === 0 &&
  answer.response.decision === 'allow';

const named = (type: string, id: string): TypeAndId => ({ type: `Revier::${type}`, id });

function requestOf({ issuer, subject, roles, persons, organisation }: Principal, wish: Wish) {
  const principal = named('Person', `${issuer} ${subject}`);
  const resource = 'owner' in wish ? named('Query', 'asked-for') : named('DataSpace', 'this');
  const entities: EntityJson[] = [
    {
      uid: principal,
      attrs: { persons: [...persons], ...(organisation === undefined ? {} : { organisation }) },
      parents: roles.map((role) => named('Role', role)),
    },
    { uid: resource, attrs: 'owner' in wish ? ownerOf(wish.owner) : {}, parents: [] },
  ];
  return { principal, action: named('Action', wish.action), resource, context: {}, entities };
}

/** `did:web:university.example#r17` */
const ownerOf = (owner: string) => ({ owner, organisation: owner.split('#', 1)[0] ?? '' });
