/** The policy profile as it is published: JSON Schemas of agreement, offer, floor and status, and the pinned trees with their hash. */
import { purposeSchemeHash } from '@revier/core';
import { legalBases, PROFILE, policySchemas, purposes } from '@revier/schema';

/** Path below docs/profile → content. */
export const profileDocuments: Readonly<Record<string, object>> = {
  ...policySchemas,
  'purposes.v1.json': { profile: PROFILE, hash: purposeSchemeHash, purposes },
  'legal-bases.v1.json': { legalBases },
};
