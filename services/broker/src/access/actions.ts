/** Everything that a person can wish for at a broker, by name; the same names stand in access.cedarschema. */

export const queryActions = ['query.read', 'query.follow', 'query.cancel', 'answer.read', 'result.read'] as const;
export type QueryAction = (typeof queryActions)[number];

export const spaceActions = [
  'me.read',
  'query.list',
  'enrolment.invite',
  'enrolment.list',
  'trust-list.draft',
  'audit.read',
] as const;
export type SpaceAction = (typeof spaceActions)[number];

/** What a wish is about: one query, or the data space as a whole. */
export type Wish = { readonly action: QueryAction; readonly owner: string } | { readonly action: SpaceAction };
