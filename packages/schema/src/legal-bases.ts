/** The pinned list of legal bases: national law until the EHDS applies; a lawyer can change the texts without touching a rule. */
import { z } from 'zod';
import { ParticipantId, type Text, Timestamp } from './ids.ts';

export interface LegalBasis {
  readonly code: string;
  readonly title: Text;
}

export const LegalBasisCode = z.enum([
  'gdng:P6-1',
  'gdng:P6-3-Consent',
  'gdng:P6-3-Statutory',
  'gdng:P6-3-PublicJointResearch',
  'gdpr:A9-2-j',
  'sgb10:P75',
  'lkrg-nrw:P23',
  'oegdg-nrw:Reporting',
]);
export type LegalBasisCode = z.infer<typeof LegalBasisCode>;

const basis = (code: LegalBasisCode, de: string, en: string): LegalBasis => ({ code, title: { de, en } });

export const legalBases: readonly LegalBasis[] = [
  basis('gdng:P6-1', 'Eigene Weiterverarbeitung (§ 6 Abs. 1 GDNG)', 'Own further processing (section 6(1) GDNG)'),
  basis('gdng:P6-3-Consent', 'Einwilligung (§ 6 Abs. 3 GDNG)', 'Consent (section 6(3) GDNG)'),
  basis('gdng:P6-3-Statutory', 'Gesetzliche Vorschrift (§ 6 Abs. 3 GDNG)', 'Statutory provision (section 6(3) GDNG)'),
  basis(
    'gdng:P6-3-PublicJointResearch',
    'Öffentlich geförderte Verbundforschung (§ 6 Abs. 3 GDNG)',
    'Publicly funded joint research (section 6(3) GDNG)',
  ),
  basis(
    'gdpr:A9-2-j',
    'Forschung und Statistik (Art. 9 Abs. 2 Buchst. j DSGVO)',
    'Research and statistics (GDPR Art. 9(2)(j))',
  ),
  basis('sgb10:P75', 'Übermittlung von Sozialdaten (§ 75 SGB X)', 'Transfer of social data (section 75 SGB X)'),
  basis(
    'lkrg-nrw:P23',
    'Forschung mit Krebsregisterdaten (§ 23 LKRG NRW)',
    'Research with registry data (section 23 LKRG NRW)',
  ),
  basis('oegdg-nrw:Reporting', 'Gesundheitsberichterstattung (ÖGDG NRW)', 'Health reporting (ÖGDG NRW)'),
];

/** How the legal basis was found: recorded for each agreement and dataset. */
export const LegalAssessment = z.strictObject({
  norm: LegalBasisCode,
  /** The holder's task that the processing serves. */
  holderTask: z.string().min(1).max(300),
  /** Why the recipient may receive the statistics. */
  recipientBasis: z.string().min(1).max(300),
  assessedBy: ParticipantId,
  assessedAt: Timestamp,
  impactAssessment: z.string().min(1).max(200).optional(),
  fileNumber: z.string().min(1).max(100).optional(),
});
export type LegalAssessment = z.infer<typeof LegalAssessment>;
