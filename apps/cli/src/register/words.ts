/** What people read about their registers, in both languages. */
import type { NextStep } from '@revier/connector-sdk';
import type { AgreementStatus, NegotiationState } from '@revier/schema';
import type { Lang } from '../render/words.ts';

type Words = Readonly<Record<Lang, string>>;

export const stateWords: Readonly<Record<NegotiationState, Words>> = {
  REQUESTED: { de: 'beantragt', en: 'requested' },
  OFFERED: { de: 'Gegenangebot', en: 'counter-offer' },
  ACCEPTED: { de: 'angenommen', en: 'accepted' },
  AGREED: { de: 'zugestimmt', en: 'agreed' },
  VERIFIED: { de: 'unterschrieben', en: 'signed by both' },
  FINALIZED: { de: 'geschlossen', en: 'concluded' },
  TERMINATED: { de: 'beendet', en: 'ended' },
};

export const statusWords: Readonly<Record<AgreementStatus, Words>> = {
  ACTIVE: { de: 'in Kraft', en: 'in force' },
  SUSPENDED: { de: 'ausgesetzt', en: 'suspended' },
  SUPERSEDED: { de: 'abgelöst', en: 'replaced' },
  EXPIRED: { de: 'abgelaufen', en: 'expired' },
  REVOKED: { de: 'widerrufen', en: 'revoked' },
  COMPLETED: { de: 'abgeschlossen', en: 'completed' },
};

export const stepWords: Readonly<Record<NextStep, Words>> = {
  'wait-for-holder': { de: 'warten: der Datenhalter prüft', en: 'wait: the holder is deciding' },
  decide: {
    de: 'entscheiden: revier register show, dann accept, counter oder end',
    en: 'decide: revier register show, then accept, counter or end',
  },
  'wait-for-signature': { de: 'warten: der Datenhalter schließt ab', en: 'wait: the holder is concluding' },
  ask: { de: 'fragen', en: 'ask' },
  suspended: { de: 'warten: ausgesetzt', en: 'wait: suspended' },
  over: { de: 'vorbei', en: 'over' },
  replaced: { de: 'die neue Fassung gilt', en: 'the next version counts' },
  ended: { de: 'nichts: beendet', en: 'nothing: ended' },
};

export const words = {
  none: {
    de: 'Noch kein Register beantragt: revier register templates',
    en: 'No register applied for yet: revier register templates',
  },
  heads: {
    de: ['Datensatz', 'Datenhalter', 'Stand', 'bis', 'Nächster Schritt'],
    en: ['dataset', 'holder', 'state', 'until', 'next step'],
  },
  duties: { de: 'Pflichten', en: 'Duties' },
  done: { de: 'erledigt', en: 'done' },
  open: { de: 'offen', en: 'open' },
  renew: {
    de: (days: number) => `endet in höchstens ${days} Tag${days === 1 ? '' : 'en'}: revier register extend --until`,
    en: (days: number) => `ends within ${days} day${days === 1 ? '' : 's'}: revier register extend --until`,
  },
  waiting: { de: 'noch nicht abgeschickt', en: 'not sent yet' },
  reason: { de: 'Grund', en: 'reason' },
  counter: { de: 'Gegenangebot', en: 'Counter-offer' },
  wider: { de: 'Es geht an diesen Stellen über den Antrag hinaus', en: 'It goes beyond the request at' },
  tables: { de: 'Tabellen', en: 'tables' },
} as const;
