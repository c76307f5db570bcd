/** What a holder says of its disclosure control: how figures are protected, and the public parameters of the noise. */
import { z } from 'zod';

/** The table that noise of counts is looked up in (docs/decisions/0012); names are those of CRAN ptable. Public, and common to a cohort. */
export const Perturbation = z
  .strictObject({
    /** Greatest change. */
    D: z.int().min(1).max(50),
    /** Variance of the noise, at most. */
    V: z.number().positive().max(2500),
    /** Counts from 1 to js are never shown. */
    js: z.int().min(0).max(49),
    /** Least probability that a count stays as it is. */
    pstay: z.number().min(0).max(0.99).optional(),
    mono: z.boolean().optional(),
  })
  .meta({ id: 'Perturbation' });
export type Perturbation = z.infer<typeof Perturbation>;

/** `suppress`: exact figures, or none. `cell-key`: every figure carries noise that follows from its records. */
export const ProtectionMethod = z.enum(['suppress', 'cell-key']);
export type ProtectionMethod = z.infer<typeof ProtectionMethod>;

/** Noise of sums (R cellKey, `ck_params_flex`): its share of the greatest contribution falls from pSmall to pLarge. */
export const FlexRules = z.strictObject({
  /** Contributions below this get pSmall; in the whole numbers that the variable is stored as. */
  fp: z.number().positive().max(1e12),
  pSmall: z.number().positive().max(1),
  pLarge: z.number().positive().max(1),
  q: z.number().min(1).max(10),
});
export type FlexRules = z.infer<typeof FlexRules>;

/** Part of a floor. What is left out has the values of `disclosureDefaults`; without the whole block counts are suppressed. */
export const DisclosureRules = z
  .strictObject({
    method: ProtectionMethod,
    ptable: Perturbation.optional(),
    /** What becomes of figures about fewer persons than the threshold; `show-perturbed` shows counts from 3 on. */
    belowK: z.enum(['withhold', 'show-perturbed']).optional(),
    /** Sums: what all but the two greatest contribute must be this share of the greatest at least. */
    pPercent: z.number().positive().max(100).optional(),
    /** Sums: the n greatest contribute less than k per cent. */
    nk: z
      .array(z.tuple([z.int().min(1).max(10), z.number().positive().max(100)]))
      .max(5)
      .optional(),
    /** No count is more than this share of its row or column. */
    groupMax: z.number().min(0.5).max(1).optional(),
    /** Most records of one person, those with the lowest record keys. */
    personCap: z.int().min(1).max(1000).optional(),
    flex: FlexRules.optional(),
  })
  .meta({ id: 'DisclosureRules' });
export type DisclosureRules = z.infer<typeof DisclosureRules>;

/** Part of a floor. What is left out has the values of `vulnerableDefaults`; of each value and that for everybody the stricter one holds. */
export const VulnerableRules = z
  .strictObject({
    minCellSize: z.int().min(3).max(1000).optional(),
    /** `show-perturbed` has to be said here too. */
    belowK: z.enum(['withhold', 'show-perturbed']).optional(),
    groupMax: z.number().min(0.5).max(1).optional(),
    pPercent: z.number().positive().max(100).optional(),
  })
  .meta({ id: 'VulnerableRules' });
export type VulnerableRules = z.infer<typeof VulnerableRules>;

/** docs/decisions/0024. */
export const vulnerableDefaults = { minCellSize: 15, belowK: 'withhold', groupMax: 0.8, pPercent: 20 } as const;

/** disclosure.md 2.8; sums as in R cellKey. */
export const disclosureDefaults = {
  ptable: { D: 5, V: 3, js: 2 },
  belowK: 'withhold',
  pPercent: 10,
  nk: [
    [1, 80],
    [2, 99],
  ],
  groupMax: 0.9,
  personCap: 4,
  flex: { fp: 1000, pSmall: 0.25, pLarge: 0.05, q: 3 },
} as const;
