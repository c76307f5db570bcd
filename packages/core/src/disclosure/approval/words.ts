/** What the check at approval says, for people who decide. */
import type { Sha256, Text } from '@revier/schema';
import type { LatticeFigures, LatticeOpinion } from './check-agreement-lattice.ts';

export interface Said {
  readonly verdict: Exclude<LatticeOpinion['verdict'], 'too-large'>;
  readonly figures: LatticeFigures;
  readonly faults: readonly Text[];
  readonly leaveOut: readonly Sha256[] | null;
}

export function wordsOf({ verdict, figures, faults, leaveOut }: Said): readonly Text[] {
  if (verdict === 'open')
    return [{ de: 'Offene Daten: Die Zahlen gehen genau hinaus.', en: 'Open data: figures leave exactly.' }];
  if (verdict === 'safe') return [noiseLeft(figures)];
  const estimated = figures.leastShare !== null && figures.leastShare < figures.requiredShare - 1e-9;
  return [...faults, ...(estimated ? [noiseLeft(figures)] : []), nearest(leaveOut, figures)];
}

/** As people see hashes of tables elsewhere. */
export const shortOf = (hash: Sha256): string => hash.slice(0, 14);

/** Rounded down, or 49.96 % would read like what is required. */
const percent = (share: number): string => (Math.floor(share * 1000 + 1e-6) / 10).toFixed(1);

function noiseLeft({ leastShare, requiredShare, views, variance }: LatticeFigures): Text {
  if (leastShare === null)
    return {
      de: 'Keine zwei dieser Tabellen und der schon vereinbarten betreffen dieselben Datensätze; jede wird für sich gesichert.',
      en: 'No two of these tables and of those granted before are about the same records; each is protected by itself.',
    };
  const [left, needed] = [percent(leastShare), percent(requiredShare)];
  const noise = variance === null ? '' : ` (V = ${variance})`;
  return {
    de: `Aus allen ${views} Tabellen und Summen zusammen bleiben von der Varianz des Rauschens${noise} mindestens ${left.replace('.', ',')} % für jede kleine Menge; nötig sind ${needed.replace('.', ',')} %.`,
    en: `From all ${views} tables and totals together at least ${left} % of the variance of the noise${noise} are left for every small set; ${needed} % are needed.`,
  };
}

function nearest(leaveOut: readonly Sha256[] | null, { tables }: LatticeFigures): Text {
  if (leaveOut === null)
    return {
      de: 'Welche Tabellen wegbleiben müssten, ist nicht bekannt: Schon das Vereinbarte ist nicht sicher, oder die Suche wäre zu lang.',
      en: 'Which tables to leave out is not known: what is granted already is not safe, or looking would take too long.',
    };
  const names = leaveOut.map(shortOf).join(', ');
  if (leaveOut.length >= tables)
    return { de: 'Keine der Tabellen darf dazukommen.', en: 'None of the tables may be added.' };
  return { de: `Sicher wäre es ohne: ${names}.`, en: `It would be safe without: ${names}.` };
}
