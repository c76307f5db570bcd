/**
 * The pinned purpose tree: EHDS Art. 53(1) and 54, GDNG section 6(1), after the codes of the W3C Data Privacy Vocabulary 2.3
 * extensions `eu-ehds` and `de-gdng`; the tree is our own, since DPV's parents mix vocabularies.
 */

export interface Purpose {
  readonly code: string;
  readonly parent: string | null;
  /** Letter of EHDS Art. 53(1), or the German norm. */
  readonly basis: string;
  /** Art. 54: whatever stands at or under such a code is denied. */
  readonly prohibited: boolean;
}

const allowed = (code: string, basis: string, parent: string | null = null): Purpose => ({
  code,
  parent,
  basis,
  prohibited: false,
});
const prohibited = (code: string): Purpose => ({ code, parent: null, basis: 'EHDS Art. 54', prohibited: true });

const research = 'ehds:HealthcareScientificResearch';
const interest = 'ehds:PublicInterestRelatedToHealth';
const algorithms = 'ehds:TrainTestAndEvaluateHealthAlgorithms';
const letter = (of: string) => `EHDS Art. 53(1)(${of})`;
const gdng = 'GDNG section 6(1)';

export const purposes: readonly Purpose[] = [
  allowed(interest, letter('a')),
  allowed('ehds:ProtectAgainstCrossBorderThreatsToHealth', letter('a'), interest),
  allowed('ehds:PublicHealthSurveillance', letter('a'), interest),
  allowed('ehds:EnsureQualitySafetyHealthcare', letter('a'), interest),
  allowed('ehds:EnsureQualitySafetyMedicinalProducts', letter('a'), interest),
  allowed('ehds:EnsureQualitySafetyMedicalDevices', letter('a'), interest),
  allowed('ehds:SupportAuthoritiesRegulatoryActivities', letter('b')),
  allowed('ehds:PublicPolicyMaking', letter('b')),
  allowed('ehds:ProvideHealthcareOfficialStatistics', letter('c')),
  allowed('ehds:ImproveHealthcareEducation', letter('d')),
  allowed(research, letter('e')),
  allowed('ehds:DevelopPublicHealthProductsAndServices', letter('e'), research),
  allowed(algorithms, letter('e'), research),
  allowed('ehds:TrainTestAndEvaluateHealthAISystemsAlgorithms', letter('e'), algorithms),
  allowed('ehds:TrainTestAndEvaluateMedicalDevicesAlgorithms', letter('e'), algorithms),
  allowed('ehds:TrainTestAndEvaluateHealthAppsAlgorithms', letter('e'), algorithms),
  allowed('ehds:ImproveHealthcare', letter('f')),
  allowed('gdng:QualityAssurance', gdng),
  allowed('gdng:PromotionOfPatientSafety', gdng),
  allowed('gdng:MedicalRehabNursingResearch', gdng),
  allowed('gdng:Statistics', gdng),
  prohibited('rv:DetrimentalDecision'),
  prohibited('rv:EmploymentInsuranceCredit'),
  prohibited('dpv:Marketing'),
  prohibited('rv:HarmfulProducts'),
  prohibited('rv:AgainstNationalEthics'),
];
