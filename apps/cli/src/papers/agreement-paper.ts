/** An agreement on paper: what stands in it, in German, and nothing that needs Revier to be read. Pure. */
import { contentHash, renderPolicy } from '@revier/core';
import { Agreement, type ApprovalRole, type GeneralJws, legalBases } from '@revier/schema';
import { z } from 'zod';

/** What is known beside the signed object; approvals only at the holder. */
export interface PaperFacts {
  readonly signed: GeneralJws;
  readonly approvals: readonly { readonly role: ApprovalRole; readonly at: string }[];
}

export interface Paper {
  readonly agreement: Agreement;
  readonly hash: string;
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

const NOT_QUALIFIED =
  'Die Unterschriften sind elektronische Signaturen nach Ed25519 (RFC 8032). Eine qualifizierte elektronische Signatur im Sinne der eIDAS-Verordnung sind sie nicht; sie ersetzen die Schriftform daher nicht.';

const roles: Readonly<Record<ApprovalRole, string>> = {
  steward: 'Datenverantwortliche',
  signatory: 'Zeichnungsberechtigte',
  committee: 'Nutzungsausschuss',
};

/** @throws ZodError for what is no agreement */
export function paperOf({ signed, approvals }: PaperFacts): Paper {
  const agreement = Agreement.parse(JSON.parse(textOf(signed.payload)));
  const hash = contentHash(agreement);
  const kids = signed.signatures.map((signature) => Header.parse(JSON.parse(textOf(signature.protected))).kid);
  return {
    agreement,
    hash,
    sections: [
      { title: 'Bezeichnung', lines: identityLines(agreement, hash) },
      { title: 'Was vereinbart ist', lines: renderPolicy(agreement).map(({ de }) => de) },
      { title: 'Rechtsgrundlage', lines: legalLines(agreement) },
      {
        title: 'Zustimmungen beim Datenhalter',
        lines:
          approvals.length === 0
            ? ['In dieser Ausfertigung nicht enthalten.']
            : approvals.map(({ role, at }) => `${roles[role]}, am ${at}`),
      },
      { title: 'Unterschriften', lines: [...kids.map((kid) => `Schlüssel ${kid}`), NOT_QUALIFIED] },
      {
        title: 'Nachprüfen',
        lines: [
          'Dieser Datei liegt das unterschriebene Original bei (agreement.json, JSON Web Signature nach RFC 7515). Verbindlich ist allein das Original.',
          'Der Hash ist SHA-256 über die kanonische Form (RFC 8785) des Inhalts.',
        ],
      },
    ],
  };
}

const Header = z.looseObject({ kid: z.string() });
const textOf = (base64url: string): string => Buffer.from(base64url, 'base64url').toString('utf8');

function identityLines(agreement: Agreement, hash: string): string[] {
  const file = agreement['rv:legalAssessment']?.fileNumber;
  const permit = agreement['rv:permitRef'];
  return [
    `Hash: ${hash}`,
    `Aktenzeichen: ${file ?? 'keines angegeben'}`,
    ...(permit === undefined ? [] : [`Genehmigung: ${permit}`]),
    `Datenhalter: ${agreement.assigner}`,
    `Datennutzer: ${agreement.assignee}`,
    `Fassung ${agreement['rv:version']}, vereinbart am ${agreement.timestamp}`,
  ];
}

function legalLines(agreement: Agreement): string[] {
  const assessment = agreement['rv:legalAssessment'];
  if (assessment === undefined) return [agreement['rv:legalBasis']];
  const norm = legalBases.find(({ code }) => code === assessment.norm)?.title.de ?? assessment.norm;
  return [
    agreement['rv:legalBasis'],
    `Norm: ${norm}`,
    `Aufgabe des Datenhalters: ${assessment.holderTask}`,
    `Grundlage beim Empfänger: ${assessment.recipientBasis}`,
    `Geprüft von ${assessment.assessedBy} am ${assessment.assessedAt}`,
    ...(assessment.impactAssessment === undefined ? [] : [`Folgenabschätzung: ${assessment.impactAssessment}`]),
  ];
}
