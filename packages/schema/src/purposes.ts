/**
 * The pinned purpose tree: EHDS Art. 53(1) and 54, GDNG section 6(1), after the codes of the W3C Data Privacy Vocabulary 2.3
 * extensions `eu-ehds` and `de-gdng`; the tree is our own, since DPV's parents mix vocabularies.
 */
import type { Text } from './ids.ts';

export interface Purpose {
  readonly code: string;
  readonly parent: string | null;
  /** Letter of EHDS Art. 53(1) or 54, or the German norm. */
  readonly basis: string;
  readonly title: Text;
  /** Art. 54: whatever stands at or under such a code is denied. */
  readonly prohibited: boolean;
  /** Art. 53(2): the purposes of letters (a) to (c) are for public bodies and those who act for them. */
  readonly publicOnly: boolean;
}

type Titled = readonly [code: string, de: string, en: string, parent?: string];

const under =
  (basis: string, rest: { prohibited?: boolean; publicOnly?: boolean } = {}) =>
  ([code, de, en, parent]: Titled): Purpose => ({
    code,
    parent: parent ?? null,
    basis,
    title: { de, en },
    prohibited: rest.prohibited ?? false,
    publicOnly: rest.publicOnly ?? false,
  });

const letter = (of: 'a' | 'b' | 'c' | 'd' | 'e' | 'f') =>
  under(`EHDS Art. 53(1)(${of})`, { publicOnly: of === 'a' || of === 'b' || of === 'c' });
const barred = (of: string) => under(`EHDS Art. 54(${of})`, { prohibited: true });
const gdng = under('GDNG section 6(1)');

const interest = 'ehds:PublicInterestRelatedToHealth';
const research = 'ehds:HealthcareScientificResearch';
const algorithms = 'ehds:TrainTestAndEvaluateHealthAlgorithms';

const publicInterest: readonly Titled[] = [
  [interest, 'Öffentliches Interesse an der Gesundheit', 'Public interest related to health'],
  [
    'ehds:ProtectAgainstCrossBorderThreatsToHealth',
    'Schutz vor grenzüberschreitenden Gesundheitsgefahren',
    'Protection against cross-border threats to health',
    interest,
  ],
  [
    'ehds:PublicHealthSurveillance',
    'Beobachtung der Gesundheit der Bevölkerung',
    'Public health surveillance',
    interest,
  ],
  [
    'ehds:EnsureQualitySafetyHealthcare',
    'Qualität und Sicherheit der Versorgung',
    'Quality and safety of healthcare',
    interest,
  ],
  [
    'ehds:EnsureQualitySafetyMedicinalProducts',
    'Qualität und Sicherheit von Arzneimitteln',
    'Quality and safety of medicinal products',
    interest,
  ],
  [
    'ehds:EnsureQualitySafetyMedicalDevices',
    'Qualität und Sicherheit von Medizinprodukten',
    'Quality and safety of medical devices',
    interest,
  ],
];

const authorities: readonly Titled[] = [
  [
    'ehds:SupportAuthoritiesRegulatoryActivities',
    'Unterstützung von Behörden bei Regelungsaufgaben',
    'Support of authorities in regulatory activities',
  ],
  ['ehds:PublicPolicyMaking', 'Gesundheitspolitik und Planung', 'Public policy making'],
];

const scientific: readonly Titled[] = [
  [research, 'Wissenschaftliche Forschung zur Gesundheit', 'Scientific research related to health'],
  [
    'ehds:DevelopPublicHealthProductsAndServices',
    'Entwicklung von Produkten und Diensten für die öffentliche Gesundheit',
    'Development of public health products and services',
    research,
  ],
  [
    algorithms,
    'Trainieren, Testen und Bewerten von Algorithmen',
    'Training, testing and evaluating health algorithms',
    research,
  ],
  [
    'ehds:TrainTestAndEvaluateAISystemsAlgorithms',
    'Algorithmen in KI-Systemen',
    'Algorithms in AI systems',
    algorithms,
  ],
  [
    'ehds:TrainTestAndEvaluateMedicalDevicesAlgorithms',
    'Algorithmen in Medizinprodukten',
    'Algorithms in medical devices',
    algorithms,
  ],
  [
    'ehds:TrainTestAndEvaluateHealthAppsAlgorithms',
    'Algorithmen in Gesundheitsanwendungen',
    'Algorithms in health apps',
    algorithms,
  ],
];

const german: readonly Titled[] = [
  ['gdng:QualityAssurance', 'Qualitätssicherung', 'Quality assurance'],
  ['gdng:PromotionOfPatientSafety', 'Förderung der Patientensicherheit', 'Promotion of patient safety'],
  [
    'gdng:MedicalRehabNursingResearch',
    'Medizinische, rehabilitative und pflegerische Forschung',
    'Medical, rehabilitation and nursing research',
  ],
  [
    'gdng:Statistics',
    'Statistik einschließlich Gesundheitsberichterstattung',
    'Statistics, including health reporting',
  ],
];

export const purposes: readonly Purpose[] = [
  ...publicInterest.map(letter('a')),
  ...authorities.map(letter('b')),
  letter('c')([
    'ehds:ProvideHealthcareOfficialStatistics',
    'Amtliche Gesundheitsstatistik',
    'Official statistics on healthcare',
  ]),
  letter('d')(['ehds:ImproveHealthcareEducation', 'Bildung und Lehre im Gesundheitswesen', 'Education in healthcare']),
  ...scientific.map(letter('e')),
  letter('f')(['ehds:ImproveHealthcare', 'Verbesserung der Versorgung', 'Improvement of healthcare']),
  ...german.map(gdng),
  barred('a')([
    'rv:DetrimentalDecision',
    'Nachteilige Entscheidungen über Menschen',
    'Decisions to the detriment of people',
  ]),
  barred('b')([
    'rv:EmploymentInsuranceCredit',
    'Entscheidungen über Arbeit, Versicherung oder Kredit',
    'Decisions on employment, insurance or credit',
  ]),
  barred('c')(['dpv:Marketing', 'Werbung und Marketing', 'Advertising and marketing']),
  barred('d')(['rv:HarmfulProducts', 'Entwicklung schädlicher Produkte', 'Development of harmful products']),
  barred('e')([
    'rv:AgainstNationalEthics',
    'Tätigkeiten gegen nationale ethische Vorschriften',
    'Activities against national ethical provisions',
  ]),
];
